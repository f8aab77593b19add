import { makeBundle } from './bundle.ts';
import type { BundleResult, PemFile } from './bundle.ts';
import type { Finding } from './finding.ts';
import { isPkcs12Name } from './pkcs12-name.ts';
import { readSmallFile, type ReadFile } from './read.ts';
import { readSecret } from './secret.ts';

export interface CertificateFiles {
  readonly cert: string;
  /** Default: the cert file. */
  readonly key?: string | undefined;
  /** Its first line opens an encrypted key or PKCS#12 file. */
  readonly passFile?: string | undefined;
}

/** Reads and checks the files of one certificate. Never throws because of their contents. */
export async function loadCertificate(
  files: CertificateFiles,
  now: Date,
  read: ReadFile = readSmallFile,
): Promise<BundleResult> {
  const findings: Finding[] = [];
  const passphrase = files.passFile === undefined ? undefined : await readPassphrase(files.passFile, findings);
  const separateKey = files.key !== undefined && files.key !== files.cert ? files.key : undefined;
  const cert = await readPemFile(files.cert, passphrase, findings, read);
  const key = separateKey === undefined ? undefined : await readPemFile(separateKey, passphrase, findings, read);
  if (cert === undefined || findings.some(({ severity }) => severity === 'error'))
    return { bundle: undefined, found: undefined, findings };
  const result = makeBundle({ cert, key, passphrase, now });
  return { ...result, findings: [...findings, ...result.findings.map(withoutInventedLines)] };
}

/** A PKCS#12 file has no blocks and lines: those are of the text it was turned into. */
function withoutInventedLines(finding: Finding): Finding {
  const { severity, file, message } = finding;
  return isPkcs12Name(file) ? { severity, file, message } : finding;
}

async function readPemFile(
  path: string,
  passphrase: string | undefined,
  findings: Finding[],
  read: ReadFile,
): Promise<PemFile | undefined> {
  const contents = await read(path);
  if ('error' in contents) {
    findings.push({ severity: 'error', file: path, message: `cannot be read: ${contents.error}` });
    return undefined;
  }
  const pkcs12 = isPkcs12Name(path);
  const text = contents.data.toString('utf8');
  if (contents.worldAccessible && (pkcs12 || text.includes('PRIVATE KEY-----'))) {
    findings.push({
      severity: 'warning',
      file: path,
      message: `every user of this machine can get at the private key in it: chmod 600 ${path}`,
    });
  }
  if (!pkcs12) return { file: path, text };
  // node-forge is large: not loaded for PEM files.
  const { openPkcs12 } = await import('./pkcs12.ts');
  const opened = openPkcs12(contents.data, passphrase);
  if ('text' in opened) return { file: path, text: opened.text };
  findings.push({ severity: 'error', file: path, message: opened.error });
  return undefined;
}

async function readPassphrase(path: string, findings: Finding[]): Promise<string | undefined> {
  const contents = await readSecret(path, 'pass phrase', findings);
  return contents?.toString('utf8').split(/\r?\n/, 1)[0];
}
