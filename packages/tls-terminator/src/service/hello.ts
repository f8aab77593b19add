import { readClientHello, type Offers } from '@headgate/shared/tls/client-hello';

/** What the first bytes of a connection are, before OpenSSL sees them. */
export type Hello =
  | { readonly kind: 'need-more' }
  /** Anything else than the beginning of TLS, or what is for OpenSSL to judge: it says what, and answers. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'hello';
      /** The server name (SNI) in lower case; empty for none. */
      readonly serverName: string;
      readonly alpn: readonly string[];
      readonly offers: Offers;
      readonly version: number;
    };

/** Reads a ClientHello as the choice of a service and a certificate needs it. */
export function readHello(bytes: Buffer): Hello {
  const hello = readClientHello(bytes);
  if (hello === 'more') return { kind: 'need-more' };
  if (hello === undefined) return { kind: 'other' };
  return {
    kind: 'hello',
    serverName: hello.serverName?.toLowerCase() ?? '',
    alpn: hello.protocols,
    offers: hello.offers,
    version: hello.version,
  };
}

/** The server name in the first bytes of a connection; '' for none, also where they are only the beginning of a ClientHello. */
export function nameIn(bytes: Buffer): string {
  const hello = readHello(bytes);
  return hello.kind === 'hello' ? hello.serverName : '';
}
