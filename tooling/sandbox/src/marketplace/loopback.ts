const loopback = /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Whether a socket's remote address is this machine, in IPv4, IPv6 or one written as the other. */
export function isLoopback(address: string): boolean {
  return address === '::1' || loopback.test(address);
}
