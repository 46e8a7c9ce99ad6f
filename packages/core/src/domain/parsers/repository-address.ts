/** An address without user name and password: some write the token there, where it would lie in clear text. */
export function withoutUserInfo(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#]*@/i, '$1');
}
