import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chainOf } from './chain.ts';
import type { Placed } from './chain.ts';
import { describeCertificate, describeKey, isSelfSigned } from './describe.ts';
import type { Finding } from './finding.ts';
import { isKeyLabel, readKey } from './keys.ts';
import { certificatePem, readPem } from './pem.ts';
import type { PemBlock } from './pem.ts';
import { trustedRoots } from './roots.ts';
import type { Roots } from './roots.ts';
import { judgeIntermediate, judgeLeaf } from './verdicts.ts';

/** The text of a file, and its name for messages. */
export interface PemFile {
  readonly file: string;
  readonly text: string;
}

export interface BundleInput {
  readonly cert: PemFile;
  /** The key file, when the key is in a file of its own. */
  readonly key?: PemFile | undefined;
  readonly passphrase?: string | undefined;
  readonly now: Date;
  /** The roots that clients trust. Default: those of the runtime and the system. */
  readonly roots?: Roots;
}

/** A leaf with its key and the certificates sent after it, checked and in the right order. */
export interface Bundle {
  readonly file: string;
  readonly key: KeyObject;
  readonly leaf: X509Certificate;
  /** Leaf first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** PKCS#8, not encrypted. */
  readonly keyPem: string;
  readonly certPem: string;
}

/** The contents of the files, usable or not. */
export interface Found {
  readonly leaf: X509Certificate;
  /** Undefined when the private key of the leaf is missing. */
  readonly key: KeyObject | undefined;
  /** Leaf first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

export interface BundleResult {
  /** Undefined when there is an error among the findings. */
  readonly bundle: Bundle | undefined;
  /** For display; undefined when no certificate could be read. */
  readonly found: Found | undefined;
  readonly findings: readonly Finding[];
}

interface PlacedKey {
  readonly key: KeyObject;
  readonly file: string;
  readonly block: PemBlock;
}

/** Labels that belong to a certificate; the last two are OpenSSL's. */
const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
/** Labels that appear in such files and are not needed. */
const QUIET_LABELS = ['EC PARAMETERS', 'DH PARAMETERS', 'DSA PARAMETERS', 'X9.42 DH PARAMETERS'];

/**
 * Interprets `cert` (and `key`): finds the key that belongs to the leaf, orders the chain, and reports for
 * every block the problems that clients or OpenSSL would otherwise find at run time.
 */
export function makeBundle(input: BundleInput): BundleResult {
  const { roots = trustedRoots } = input;
  const findings: Finding[] = [];
  const blocks = readBlocks(input.cert, findings);
  const certificates = readCertificates(input.cert.file, blocks, findings);
  const keyFile = input.key?.file ?? input.cert.file;
  const keyBlocks = (input.key === undefined ? blocks : readBlocks(input.key, findings)).filter(({ label }) =>
    isKeyLabel(label),
  );
  const keys = keyBlocks.flatMap((block) => {
    const result = readKey(block, input.passphrase);
    if ('key' in result) return [{ key: result.key, file: keyFile, block }];
    findings.push(at('error', keyFile, block, result.error));
    return [];
  });
  const broken = findings.some(({ severity }) => severity === 'error');
  if (!broken && certificates.length === 0)
    findings.push({ severity: 'error', file: input.cert.file, message: missingCertificate(input.cert, blocks) });
  if (!broken && keyBlocks.length === 0) {
    findings.push({
      severity: 'error',
      file: keyFile,
      message: "no private key in this file: put it in (cat cert.key cert.pem) or name its file with 'key'",
    });
  }
  const pair = findPair(certificates, keys);
  if (pair === undefined) {
    const [certificate] = certificates;
    const [key] = keys;
    if (certificate !== undefined && key !== undefined) {
      const message = `this private key (${describeKey(key.key)}) does not belong to certificate ${describeCertificate(certificate.certificate)} (${describeKey(certificate.certificate.publicKey)})`;
      findings.push(at('error', key.file, key.block, message));
    }
  } else {
    for (const other of keys) {
      if (other !== pair.key)
        findings.push(
          at(
            'warning',
            other.file,
            other.block,
            `this private key (${describeKey(other.key)}) is not used: it is not the one of the certificate`,
          ),
        );
    }
  }
  const first = pair?.leaf ?? certificates[0];
  if (first === undefined) return { bundle: undefined, found: undefined, findings };
  const chain = chainOf(input.cert.file, first, certificates, { roots, now: input.now }, findings);
  for (const [index, { certificate, block }] of chain.entries()) {
    const { now } = input;
    // Roots are read only when needed.
    const isOldCross =
      index > 0 && index === chain.length - 1 && now > certificate.validToDate && !isSelfSigned(certificate);
    const spare = !isOldCross ? undefined : roots.has(certificate) ? 'known' : index > 1 ? 'likely' : undefined;
    const verdicts = index === 0 ? judgeLeaf(certificate, now) : judgeIntermediate(certificate, now, spare);
    for (const { severity, message } of verdicts) findings.push(at(severity, input.cert.file, block, message));
  }
  const leaf = first.certificate;
  const rest = chain.slice(1).map(({ certificate }) => certificate);
  const found: Found = { leaf, key: pair?.key.key, chain: [leaf, ...rest] };
  if (pair === undefined || findings.some(({ severity }) => severity === 'error'))
    return { bundle: undefined, found, findings };
  return {
    bundle: {
      file: input.cert.file,
      key: pair.key.key,
      leaf,
      chain: found.chain,
      keyPem: pair.key.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certPem: [leaf, ...rest].map(certificatePem).join(''),
    },
    found,
    findings,
  };
}

function readBlocks(file: PemFile, findings: Finding[]): readonly PemBlock[] {
  const { blocks, faults } = readPem(file.text);
  for (const fault of faults) findings.push({ severity: 'error', file: file.file, ...fault });
  return blocks;
}

function readCertificates(file: string, blocks: readonly PemBlock[], findings: Finding[]): readonly Placed[] {
  const placed: Placed[] = [];
  for (const block of blocks) {
    if (CERTIFICATE_LABELS.includes(block.label)) {
      const certificate = placed.length === 0 ? parseCertificate(block) : parseIssuer(block);
      if (certificate === undefined)
        findings.push(at('error', file, block, 'the certificate cannot be read: its contents are damaged'));
      else placed.push({ certificate, block });
    } else if (!isKeyLabel(block.label) && !QUIET_LABELS.includes(block.label)) {
      findings.push(at('warning', file, block, `a ${block.label} has no use here`));
    }
  }
  return placed;
}

function parseCertificate(block: PemBlock): X509Certificate | undefined {
  try {
    return new X509Certificate(block.text);
  } catch {
    return undefined;
  }
}

/** Certificates of issuers, by their text. Thousands of certificates often share a few, and Node.js caches what it has read of each. */
const issuers = new Map<string, X509Certificate>();
const MOST_ISSUERS = 100;

function parseIssuer(block: PemBlock): X509Certificate | undefined {
  const certificate = issuers.get(block.text) ?? parseCertificate(block);
  if (certificate !== undefined && issuers.size < MOST_ISSUERS) issuers.set(block.text, certificate);
  return certificate;
}

/** The first certificate and the first key that matches it, as OpenSSL would choose, then any other pair. */
function findPair(
  certificates: readonly Placed[],
  keys: readonly PlacedKey[],
): { leaf: Placed; key: PlacedKey } | undefined {
  for (const leaf of certificates) {
    const key = keys.find((candidate) => leaf.certificate.checkPrivateKey(candidate.key));
    if (key !== undefined) return { leaf, key };
  }
  return undefined;
}

function missingCertificate({ text }: PemFile, blocks: readonly PemBlock[]): string {
  if (text.trim() === '') return 'this file is empty';
  if (blocks.some(({ label }) => label.endsWith('CERTIFICATE REQUEST')))
    return 'this file holds a certificate request, not the certificate that was issued for it';
  if (blocks.some(({ label }) => isKeyLabel(label))) return 'no certificate in this file, only a private key';
  if (text.startsWith('0') && text.charCodeAt(1) > 127)
    return "this is binary (DER), not PEM: 'openssl x509 -inform DER -in FILE' converts a certificate";
  return "no certificate in this file: nothing in it begins with '-----BEGIN CERTIFICATE-----'";
}

function at(severity: Finding['severity'], file: string, block: PemBlock, message: string): Finding {
  return { severity, file, block: block.number, line: block.line, message };
}
