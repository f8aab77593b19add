import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Trust } from '../certificate/trust.ts';
import type { Verification } from '../model/snapshot.ts';
import type { ServiceDraft } from './draft.ts';

/** What is demanded of the certificate of the other side, or what contradicts itself in it. */
export function compileVerification(
  { client, verification: wanted, trust }: ServiceDraft,
  { pins, authorities }: Trust,
  at: Position,
  problems: Problems,
): Verification {
  const verifies = wanted.chain || wanted.peer;
  const names = wanted.hosts.length + wanted.emails.length + wanted.addresses.length > 0;
  if (verifies && [trust.caFile, trust.caPath, trust.caVerifyFile].every((file) => file === undefined))
    problems.error(
      at,
      "verification needs 'CAfile' or 'CApath': the authorities, or the certificates, that are accepted",
    );
  if (!verifies && names)
    problems.error(
      at,
      "checkHost, checkEmail and checkIP need 'verifyChain' or 'verifyPeer': anyone can make a certificate with that name",
    );
  if (wanted.redirect.length > 0 && client)
    problems.error(at, "'redirect' is for clients: it has no meaning with client = yes");
  else if (wanted.redirect.length > 0 && !verifies)
    problems.error(at, "'redirect' needs 'verifyChain' or 'verifyPeer': without them no certificate fails");
  const ocsp = wanted.ocspUrl !== undefined || wanted.ocspAia;
  return {
    request: wanted.request || ocsp,
    require: wanted.require,
    chain: wanted.chain,
    pinned: wanted.peer ? pins : undefined,
    hosts: wanted.hosts,
    emails: wanted.emails,
    addresses: wanted.addresses,
    depth: wanted.depth,
    ignored: wanted.ignored,
    ocsp: ocsp ? { url: wanted.ocspUrl, aia: wanted.ocspAia, nonce: wanted.ocspNonce, authorities } : undefined,
    redirect: wanted.redirect,
  };
}
