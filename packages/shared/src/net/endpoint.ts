/** An address and a port as a socket reports them. A unix socket has an empty address and port 0. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function addressText(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** `::ffff:127.0.0.1` is how a dual-stack socket reports an IPv4 peer: print it as IPv4. */
export function normalizeAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
