import type { SecureLink } from '@headgate/shared/net/link';
import type { TlsDescription } from '@headgate/shared/proxy-protocol/tlv';

/** What log lines and the PROXY header tell of a connection. */
export interface TlsFacts extends TlsDescription {
  /** An earlier session was resumed: no certificate and no signature. */
  readonly resumed: boolean;
}

/**
 * A server name that no host can have is left out (a server name is an ASCII host name, RFC 6066 §3): control and other bytes
 * would reach the server and its log in the PROXY header, where it is believed.
 */
export function describeTls({ facts }: Pick<SecureLink, 'facts'>): TlsFacts {
  return { ...facts, sni: isHostName(facts.sni) ? facts.sni : '', clientName: '' };
}

/** Letters, digits, dots, hyphens and underscores, at most 255: any longer name is no host either. */
export function isHostName(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name);
}
