import type { SecureLink } from '@headgate/shared/net/link';
import type { X509Certificate } from 'node:crypto';
import type { TlsDescription } from '@headgate/shared/proxy-protocol/tlv';
import type { CertificateFacts } from '../model/snapshot.ts';

/** The facts about a connection for log lines and the PROXY header. */
export interface TlsFacts extends TlsDescription {
  /** An earlier session was resumed: no certificate and no signature. */
  readonly resumed: boolean;
  readonly group: string;
}

/** What was found out about the other side's certificate. */
export interface PeerFacts {
  readonly certificate: X509Certificate | undefined;
  readonly verify: number;
}

const noPeer: PeerFacts = { certificate: undefined, verify: 0 };

/**
 * A server name that no host can have is left out (a server name is an ASCII host name, RFC 6066 §3): control and other bytes
 * would reach the server and its log in the PROXY header, where it is believed. `ours`: the certificate that was sent.
 */
export function describeTls(
  { facts }: Pick<SecureLink, 'facts'>,
  ours?: CertificateFacts,
  { certificate, verify }: PeerFacts = noPeer,
): TlsFacts {
  const { version, cipher, sni, alpn, resumed } = facts;
  return {
    version,
    cipher,
    sni: isHostName(sni) ? sni : '',
    alpn,
    resumed,
    // Not read where it is not written.
    get group() {
      return facts.group;
    },
    clientName: certificate === undefined || verify !== 0 ? '' : commonName(certificate),
    signatureAlgorithm: ours?.signatureAlgorithm ?? '',
    keyAlgorithm: ours?.keyAlgorithm ?? '',
    clientCertificate: certificate?.raw,
    verify,
  };
}

/** The last common name, as OpenSSL finds it. */
function commonName({ subject }: X509Certificate): string {
  const names = (subject ?? '').split('\n').filter((part) => part.startsWith('CN='));
  return names.at(-1)?.slice(3) ?? '';
}

/** Letters, digits, dots, hyphens and underscores, at most 255: longer names are not host names. */
export function isHostName(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name);
}
