import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One certificate of a name, or two of different keys: what is loaded together. */
export interface CertificateFile {
  readonly cert: string;
  /** When the key has a file of its own. */
  readonly key: string | undefined;
}

/** Kinds of key that HAProxy bundles by the ending of the file. */
const KINDS = ['.rsa', '.ecdsa', '.dsa'];
/** What stands beside certificates and is none. */
const BESIDE = ['.key', '.issuer', '.ocsp', '.sctl', '.dhparam'];
/** Certificates in one directory that are looked at. */
const MOST = 100_000;

/**
 * The certificates that `crt PATH` means (HAProxy manual §5.1): every file of a directory in byte order, except those that begin with a dot
 * and those beside certificates; FILE.rsa and FILE.ecdsa belong together. Undefined: there is nothing of that name.
 */
export function certificatesAt(
  path: string,
  stands: (path: string) => boolean = () => false,
): readonly (readonly CertificateFile[])[] | undefined {
  // What an operator has put there is one file with everything in it.
  if (stands(path)) return [[{ cert: path, key: undefined }]];
  const kind = kindOf(path);
  if (kind === 'file') return [[withKey(path)]];
  if (kind === 'directory') return inDirectory(path);
  const bundle = KINDS.map((ending) => path + ending).filter((file) => kindOf(file) === 'file');
  return bundle.length === 0 ? undefined : [bundle.map(withKey)];
}

function inDirectory(directory: string): readonly (readonly CertificateFile[])[] {
  const bundles = new Map<string, CertificateFile[]>();
  const names = readdirSync(directory)
    .filter((name) => !name.startsWith('.') && !BESIDE.some((ending) => name.endsWith(ending)))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names.slice(0, MOST)) {
    const path = join(directory, name);
    if (kindOf(path) !== 'file') continue;
    const ending = KINDS.find((each) => name.endsWith(each)) ?? '';
    const base = name.slice(0, name.length - ending.length);
    const bundle = ending === '' ? undefined : bundles.get(base);
    if (bundle === undefined) bundles.set(ending === '' ? `${name}/` : base, [withKey(path)]);
    else bundle.push(withKey(path));
  }
  return [...bundles.values()];
}

/** HAProxy looks for the key in FILE.key when it is not in FILE; which of the two holds is found out when it is read. */
function withKey(cert: string): CertificateFile {
  const key = `${cert}.key`;
  return { cert, key: existsSync(key) ? key : undefined };
}

export function isDirectory(path: string): boolean {
  return kindOf(path) === 'directory';
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return 'directory';
  return found?.isFile() === true ? 'file' : undefined;
}
