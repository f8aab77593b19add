import { X509Certificate } from 'node:crypto';
import type { StapledResponse, StapleSource } from '../model/staple.ts';
import type { Bundle } from './bundle.ts';
import { isSelfSigned } from './describe.ts';
import type { Finding } from './finding.ts';
import { readOcspResponse, responderOf } from './ocsp.ts';
import type { ReadFile } from './read.ts';

/** How long a response without nextUpdate is sent: "newer information is always available" (RFC 6960 §4.2.2.1). */
const WITHOUT_END = 3_600_000;

/** What a response says of a certificate, when it may be sent. */
export function stapledResponse(
  bytes: Buffer,
  about: { readonly certificate: X509Certificate; readonly issuer: X509Certificate },
  nonce: Buffer | undefined,
  now: Date,
): StapledResponse | { readonly refused: string } {
  const { status, from, until } = readOcspResponse(bytes, { ...about, nonce, now });
  if (from === undefined) return { refused: status };
  if (status !== 'good') return { refused: `it says '${status}'` };
  return { bytes, from: from.getTime(), until: until?.getTime() ?? from.getTime() + WITHOUT_END };
}

/**
 * Where the status of a certificate comes from: `FILE.ocsp`, and with `update` the responder that it names. Undefined: from nowhere. A file
 * that cannot be used is a warning: no client fails for want of it.
 */
export async function stapleSource(
  { file, leaf, chain: [, ...above] }: Bundle,
  update: boolean,
  now: Date,
  read: ReadFile,
): Promise<{ readonly source: StapleSource | undefined; readonly findings: readonly Finding[] }> {
  const place = `${file}.ocsp`;
  const contents = await read(place);
  const responder = update ? responderOf(leaf) : undefined;
  const findings: Finding[] = [];
  const warn = (message: string): void => void findings.push({ severity: 'warning', file: place, message });
  if ('error' in contents && responder === undefined) return { source: undefined, findings };
  const issuer = above[0] ?? (isSelfSigned(leaf) ? leaf : await issuerBeside(file, leaf, read));
  if (issuer === undefined) {
    warn(
      `no OCSP response is sent: the certificate of the issuer is missing; add it to the chain, or write it to ${file}.issuer`,
    );
    return { source: undefined, findings };
  }
  const found =
    'error' in contents
      ? undefined
      : stapledResponse(binary(contents.data), { certificate: leaf, issuer }, undefined, now);
  if (found !== undefined && 'refused' in found) warn(`this OCSP response is not sent: ${found.refused}`);
  const response = found === undefined || 'refused' in found ? undefined : found;
  const source = { file, certificate: leaf, issuer, response, responder };
  return { source: response === undefined && responder === undefined ? undefined : source, findings };
}

/** `FILE.issuer`, as in HAProxy. */
async function issuerBeside(file: string, leaf: X509Certificate, read: ReadFile): Promise<X509Certificate | undefined> {
  const contents = await read(`${file}.issuer`);
  if ('error' in contents) return undefined;
  try {
    const issuer = new X509Certificate(contents.data);
    return leaf.checkIssued(issuer) ? issuer : undefined;
  } catch {
    return undefined;
  }
}

/** What an operator has put in the place of the file is base64. A response begins with a SEQUENCE. */
function binary(data: Buffer): Buffer {
  return data[0] === 0x30 ? data : Buffer.from(data.toString('latin1'), 'base64');
}
