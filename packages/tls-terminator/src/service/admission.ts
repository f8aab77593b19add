import type { PeerCertificate } from '@headgate/shared/net/link';
import { verifyWords } from '@headgate/shared/x509/verify-errors';
import type { TlsSettings, Verification } from '../model/snapshot.ts';
import { certificateName, judgePeer } from './judge-peer.ts';
import type { Revocation } from './revocation.ts';
import type { PeerFacts } from './tls-facts.ts';

/** Whether a client is let in, and what there is to say of its certificate. */
export interface Admission {
  /** Why not, as the end of a sentence. */
  readonly refused: string | undefined;
  readonly peer: PeerFacts;
}

/** What is demanded of the clients of a service, or of one of its names. */
export function verificationOf({ verification, names }: TlsSettings, variant: number): Verification {
  return names?.variants[variant - 1]?.verification ?? verification;
}

/** Judges the certificate of a client after its handshake, in which OpenSSL only found out whether its chain is good. */
export async function admit(
  shown: PeerCertificate,
  verification: Verification,
  revocation: Revocation,
): Promise<Admission> {
  const { certificate } = shown;
  const { refused, verify } = judgePeer(verification, shown);
  const asks = refused === undefined && certificate !== undefined && verification.ocsp !== undefined;
  const why = asks ? await revocation.check(certificate, verification.ocsp) : refused;
  return { refused: why, peer: { certificate, verify: why !== undefined && verify === 0 ? REJECTED : verify } };
}

/** X509_V_ERR_APPLICATION_VERIFICATION: the chain is good, and it is refused all the same. */
const REJECTED = 50;

/** Why the runtime has ended the connection of a client whose certificate it refused. */
export function refusedCertificate(shown: PeerCertificate | undefined): string | undefined {
  if (shown?.error === undefined) return undefined;
  const { certificate, error } = shown;
  const whose =
    certificate === undefined ? "the client's certificate" : `the client's certificate ${certificateName(certificate)}`;
  return `${whose} was refused: ${verifyWords(error)}`;
}
