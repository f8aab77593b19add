import type { TLSSocket } from 'node:tls';
import type { TlsDescription } from '@headgate/shared/proxy-protocol/tlv';

/** What log lines and the PROXY header tell of a connection. */
export interface TlsFacts extends TlsDescription {
  /** An earlier session was resumed: no certificate and no signature. */
  readonly resumed: boolean;
}

export function describeTls(client: TLSSocket): TlsFacts {
  const { name, version } = client.getCipher();
  return {
    version: client.getProtocol() ?? version,
    cipher: name,
    sni: serverName(client),
    alpn: client.alpnProtocol === false ? '' : (client.alpnProtocol ?? ''),
    clientName: '',
    resumed: client.isSessionReused(),
  };
}

/**
 * The name the client asked for; empty for none, which the runtime says with `false`, against its types, and for one that no
 * host can have (a server name is an ASCII host name, RFC 6066 §3): control and other bytes would reach the server and its
 * log in the PROXY header, where it is believed.
 */
function serverName(client: TLSSocket): string {
  const name: unknown = Reflect.get(client, 'servername');
  return typeof name === 'string' && isHostName(name) ? name : '';
}

/** Letters, digits, dots, hyphens and underscores, at most 255: any longer name is no host either. */
export function isHostName(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name);
}
