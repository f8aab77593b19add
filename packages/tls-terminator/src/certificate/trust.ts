import { X509Certificate, createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import type { Finding } from './finding.ts';
import { readPem, toPem } from './pem.ts';
import { readSmallFile, type ReadFile } from './read.ts';
import type { TrustedFile } from '../model/served.ts';

/** Where authorities and revocation lists are. */
export interface TrustFiles {
  readonly caFile: string | undefined;
  readonly caPath: string | undefined;
  /** More authorities. */
  readonly caVerifyFile?: string | undefined;
  readonly crlFile: string | undefined;
  readonly crlPath: string | undefined;
}

/** In place of a file: the authorities that this system trusts, as in HAProxy. */
export const SYSTEM = '@system-ca';

/** What certificates of the other side are verified against. */
export interface Trust {
  /** PEM, one certificate each. */
  readonly authorities: readonly string[];
  /** PEM, one list each. */
  readonly revoked: readonly string[];
  /** Of the authorities, for `verifyPeer`. */
  readonly pins: ReadonlySet<string>;
  /** Every file that was read, with what it holds. */
  readonly files: readonly TrustedFile[];
  readonly findings: readonly Finding[];
}

/** Files of one directory that are read at most: a system has 300 authorities, in two names each. */
const MOST_FILES = 20_000;

/**
 * What makes a certificate the same as one that is locally installed: its subject and its key, as stunnel compares them, so that a
 * renewed certificate of the same key stays welcome.
 */
export function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(certificate.subject).update('\0').update(key).digest('base64');
}

/** Reads the authorities and revocation lists. Never throws for what is in the files. */
export async function loadTrust(
  { caFile, caPath, caVerifyFile, crlFile, crlPath }: TrustFiles,
  readFile: ReadFile = readSmallFile,
): Promise<Trust> {
  const findings: Finding[] = [];
  const read: TrustedFile[] = [];
  const kept = { findings, read, readFile };
  const authorities = new Map<string, string>();
  const pins = new Set<string>();
  const revoked: string[] = [];
  const more = caVerifyFile === undefined ? [] : await filesAt(caVerifyFile);
  for (const file of [...(await filesOf(caFile, caPath, /^[0-9a-f]{8}\.\d+$/, findings)), ...more]) {
    const blocks = file === SYSTEM ? getCACertificates('system') : await blocksOf(file, 'CERTIFICATE', kept);
    for (const block of blocks) {
      try {
        const certificate = new X509Certificate(block);
        if (authorities.has(certificate.fingerprint256)) continue;
        authorities.set(certificate.fingerprint256, toPem('CERTIFICATE', certificate.raw));
        pins.add(pinOf(certificate));
      } catch {
        findings.push({
          severity: 'error',
          file,
          message: 'a certificate in it cannot be read: its contents are damaged',
        });
      }
    }
  }
  for (const file of await filesOf(crlFile, crlPath, /^[0-9a-f]{8}\.r\d+$/, findings))
    revoked.push(...(await blocksOf(file, 'X509 CRL', kept)));
  const wanted = caFile ?? caPath;
  if (wanted !== undefined && authorities.size === 0 && findings.length === 0)
    findings.push({ severity: 'error', file: wanted, message: nothingThere(caFile, caPath) });
  return { authorities: [...authorities.values()], revoked, pins, files: read, findings };
}

function nothingThere(file: string | undefined, directory: string | undefined): string {
  if (file !== undefined) return 'there is no certificate in it';
  return `there is no certificate in it that is named by its hash: run 'openssl rehash ${directory}'`;
}

async function filesOf(
  file: string | undefined,
  directory: string | undefined,
  named: RegExp,
  findings: Finding[],
): Promise<readonly string[]> {
  const files = file === undefined ? [] : await filesAt(file);
  if (directory === undefined) return files;
  try {
    const names = (await readdir(directory)).filter((name) => named.test(name)).toSorted();
    return [...files, ...names.slice(0, MOST_FILES).map((name) => join(directory, name))];
  } catch {
    findings.push({ severity: 'error', file: directory, message: 'it is not a directory that can be read' });
    return files;
  }
}

/** A file, or as HAProxy has it (`ca-file`) the certificates and lists of a folder, by their endings. */
async function filesAt(path: string): Promise<readonly string[]> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return [path];
  const wanted = names.filter((name) => /^[^.].*\.(pem|crt|cer|crl)$/.test(name)).toSorted();
  return wanted.slice(0, MOST_FILES).map((name) => join(path, name));
}

async function blocksOf(
  file: string,
  label: 'CERTIFICATE' | 'X509 CRL',
  { findings, read, readFile }: { findings: Finding[]; read: TrustedFile[]; readFile: ReadFile },
): Promise<readonly string[]> {
  const contents = await readFile(file);
  if ('error' in contents) {
    findings.push({ severity: 'error', file, message: `cannot be read: ${contents.error}` });
    return [];
  }
  const { blocks, faults } = readPem(contents.data.toString('utf8'));
  for (const fault of faults) findings.push({ severity: 'error', file, ...fault });
  const found = blocks.filter((block) => block.label === label || block.label === `TRUSTED ${label}`);
  if (found.length === 0 && faults.length === 0)
    findings.push({ severity: 'error', file, message: `there is no '-----BEGIN ${label}-----' in it` });
  const blocksFound = found.map(({ text }) => text);
  read.push({ kind: label === 'CERTIFICATE' ? 'ca' : 'crl', file, blocks: blocksFound });
  return blocksFound;
}
