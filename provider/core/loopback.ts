/** Whether a host is this machine; an IPv6 address may stand in brackets, as in a URL. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
