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

/** The name the client asked for. The runtime says false for none, which its types do not. */
function serverName(client: TLSSocket): string {
  const name: unknown = Reflect.get(client, 'servername');
  return typeof name === 'string' ? name : '';
}
