/** A host as it appears in a URL, where an IPv6 address has brackets, as it is connected to. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
