import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { loadCertificate } from './load.ts';
import { DEVELOPMENT_AUTHORITY } from './roots.ts';
import { writeFileAtomically } from './write.ts';

const generate = promisify(generateKeyPair);

const DAY = 86_400_000;
const LEAF_DAYS = 90;
const CA_DAYS = 3650;
/** The clocks of clients may be slightly slow. */
const BACKDATE = 3_600_000;

export interface DevelopmentOptions {
  /** Created when it does not exist. */
  readonly directory: string;
  /** Host names (`*.test` too) and IP addresses; the first becomes the common name. At least one. */
  readonly names: readonly string[];
  /** Where the authority is kept; default: in `directory`. */
  readonly authority?: string;
  readonly now?: Date;
}

export interface DevelopmentCertificate {
  /** The authority that browsers and `curl --cacert` have to trust. */
  readonly caFile: string;
  /** Key and certificate in one file, mode 0600: the `cert` of a service. */
  readonly bundleFile: string;
  /** False when the existing certificate is still valid. */
  readonly created: boolean;
}

interface Authority {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/**
 * A certificate authority and a server certificate for development, kept in `directory` as `ca.pem`, `ca.key` and
 * `cert.key_pem`. The authority is created once and kept, so that it has to be trusted only once. The certificate is
 * reissued when it does not cover the names or less than a third of its 90 days is left.
 * RSA, because node-forge supports nothing else. Throws file system errors, and RangeError for an invalid name.
 */
export async function ensureDevelopmentCertificate(options: DevelopmentOptions): Promise<DevelopmentCertificate> {
  const { directory, names, authority: place = directory, now = new Date() } = options;
  const wrong = names.length === 0 ? '' : names.find((name) => !isName(name));
  if (wrong !== undefined) throw new RangeError(`'${wrong}' is neither a host name nor an address`);
  const caFile = join(place, 'ca.pem');
  const caKeyFile = join(place, 'ca.key');
  const bundleFile = join(directory, 'cert.key_pem');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await mkdir(place, { recursive: true, mode: 0o700 });

  const kept = await readAuthority(caFile, caKeyFile, now);
  const authority = kept ?? (await makeAuthority(now));
  if (kept === undefined) {
    await writeFileAtomically(caKeyFile, authority.keyPem, 0o600);
    await writeFileAtomically(caFile, authority.certificatePem, 0o644);
  } else if (await isStillGood(bundleFile, authority, names, now)) {
    return { caFile, bundleFile, created: false };
  }
  await writeFileAtomically(bundleFile, await makeLeaf(authority, names, now), 0o600);
  return { caFile, bundleFile, created: true };
}

async function readAuthority(caFile: string, keyFile: string, now: Date): Promise<Authority | undefined> {
  try {
    const certificatePem = await readFile(caFile, 'utf8');
    const keyPem = await readFile(keyFile, 'utf8');
    const certificate = new X509Certificate(certificatePem);
    const lasts = certificate.validToDate.getTime() - now.getTime() > LEAF_DAYS * DAY;
    return lasts && certificate.checkPrivateKey(createPrivateKey(keyPem)) ? { certificatePem, keyPem } : undefined;
  } catch {
    return undefined;
  }
}

async function isStillGood(
  bundleFile: string,
  authority: Authority,
  names: readonly string[],
  now: Date,
): Promise<boolean> {
  const { bundle, findings } = await loadCertificate({ cert: bundleFile }, now);
  if (bundle === undefined || findings.length > 0) return false;
  const { leaf } = bundle;
  const covers = names.every(
    (name) => (isIP(name) === 0 ? leaf.checkHost(name.replace(/^\*/, 'any')) : leaf.checkIP(name)) !== undefined,
  );
  return covers && leaf.verify(createPublicKey(authority.certificatePem));
}

async function makeAuthority(now: Date): Promise<Authority> {
  const keys = await rsaKeys();
  const subject = [{ name: 'commonName', value: DEVELOPMENT_AUTHORITY }];
  const certificate = newCertificate(keys.publicKey, now, CA_DAYS);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return { certificatePem: pemOf(certificate), keyPem: keys.privateKey };
}

async function makeLeaf(authority: Authority, names: readonly string[], now: Date): Promise<string> {
  const keys = await rsaKeys();
  const issuer = forge.pki.certificateFromPem(authority.certificatePem);
  const certificate = newCertificate(keys.publicKey, now, LEAF_DAYS);
  // X.520 allows 64 characters in a common name; clients look at the alternative names only.
  certificate.setSubject([{ name: 'commonName', value: (names[0] ?? '').slice(0, 64) }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
    },
    { name: 'subjectKeyIdentifier' },
    // `keyIdentifier: true` would be a hash of the leaf's own key, and no verifier would find the issuer.
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.keyPem), forge.md.sha256.create());
  return `${keys.privateKey}${pemOf(certificate)}`;
}

function newCertificate(publicKey: string, now: Date, days: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A positive number of at most 20 bytes (RFC 5280 §4.1.2.2).
  certificate.serialNumber = `40${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now.getTime() - BACKDATE);
  certificate.validity.notAfter = new Date(now.getTime() + days * DAY - BACKDATE);
  return certificate;
}

async function rsaKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function pemOf(certificate: forge.pki.Certificate): string {
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

function isName(name: string): boolean {
  return (
    isIP(name) !== 0 ||
    /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i.test(name)
  );
}
