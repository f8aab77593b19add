import { createHash, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyPem, newPrivateKey } from '../certificate/self-made.ts';
import { readSmallFile } from '../certificate/read.ts';
import { writeFileAtomically } from '../certificate/write.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { AcmeError, fieldsOf } from './problem.ts';

/** What is known of an account: its URL, and what the authority was told. */
export interface StoredAccount {
  readonly key: KeyObject;
  /** Undefined: it is not registered yet. */
  readonly url: string | undefined;
  readonly contact: readonly string[];
}

/** What is remembered of a certificate from one start to the next. Times are milliseconds since 1970. */
export interface CertificateState {
  /** The directory that issued what is in the file; undefined: there is none yet. */
  readonly directory?: string | undefined;
  readonly profile?: string | undefined;
  /** Of the certificate that `renewAt` is about. */
  readonly fingerprint?: string | undefined;
  readonly renewAt?: number | undefined;
  /** Of the window of ARI that `renewAt` was chosen from, its two ends. */
  readonly window?: readonly [number, number] | undefined;
  /** When ARI is asked again. */
  readonly askAt?: number | undefined;
  /** Failures in a row. */
  readonly failures?: number | undefined;
  /** What was asked for when it failed: other settings deserve another attempt. */
  readonly settings?: string | undefined;
  /** No attempt before this. */
  readonly retryAt?: number | undefined;
  readonly lastError?: string | undefined;
}

type Account = Pick<AcmeCertificate, 'store' | 'directory' | 'external' | 'accountKey'>;

/**
 * Accounts and certificates on disk: directories of mode 0700, files of mode 0600, each replaced as a whole. What cannot be read counts as
 * absent, for all of it can be obtained again.
 */
export class AcmeStore {
  /** The account at this authority, with a new key when there is none. */
  async account(wanted: Account): Promise<StoredAccount> {
    const { directory, keyFile, stateFile } = accountFiles(wanted);
    const key = wanted.accountKey === undefined ? await readKey(keyFile) : createPrivateKey(wanted.accountKey);
    if (key === undefined) {
      const made = await newPrivateKey('ec-256');
      await makeDirectory(directory);
      await writeFileAtomically(keyFile, keyPem(made), 0o600);
      return { key: made, url: undefined, contact: [] };
    }
    const { url, contact } = await readJson(stateFile);
    return {
      key,
      url: typeof url === 'string' ? url : undefined,
      contact: Array.isArray(contact) ? contact.filter((each) => typeof each === 'string') : [],
    };
  }

  async keepAccount(wanted: Account, url: string, contact: readonly string[]): Promise<void> {
    const { directory, stateFile } = accountFiles(wanted);
    await makeDirectory(directory);
    await writeFileAtomically(stateFile, jsonText({ directory: wanted.directory, url, contact }), 0o600);
  }

  /** The account is not known there any more: its key is registered again. */
  async forgetAccount(wanted: Account): Promise<void> {
    await rm(accountFiles(wanted).stateFile, { force: true });
  }

  async state(wanted: AcmeCertificate): Promise<CertificateState> {
    const { directory, profile, fingerprint, renewAt, window, askAt, failures, settings, retryAt, lastError } =
      await readJson(stateFileOf(wanted));
    const [start, end]: readonly unknown[] = Array.isArray(window) ? window : [];
    return {
      directory: text(directory),
      profile: text(profile),
      fingerprint: text(fingerprint),
      renewAt: number(renewAt),
      window: typeof start === 'number' && typeof end === 'number' ? [start, end] : undefined,
      askAt: number(askAt),
      failures: number(failures),
      settings: text(settings),
      retryAt: number(retryAt),
      lastError: text(lastError),
    };
  }

  async keepState(wanted: AcmeCertificate, state: CertificateState): Promise<void> {
    await makeDirectory(join(wanted.store, 'certificates'));
    await writeFileAtomically(stateFileOf(wanted), jsonText(state), 0o600);
  }

  /** Key and chain, in the file that services read. */
  async keepCertificate({ store, file }: AcmeCertificate, pem: string): Promise<void> {
    await makeDirectory(join(store, 'certificates'));
    await writeFileAtomically(file, pem, 0o600);
  }
}

/** Changes with everything that an authority may refuse. */
export function settingsOf({
  directory,
  names,
  contact,
  challenge,
  dnsCommand,
  profile,
  key,
  external,
  accountKey,
}: AcmeCertificate): string {
  const all = [directory, names, contact, challenge, dnsCommand, profile, key, external?.id, accountKey];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

function stateFileOf({ file }: AcmeCertificate): string {
  return file.replace(/\.pem$/, '.json');
}

function accountFiles({
  store,
  directory,
  external,
  accountKey,
}: Account): Record<'directory' | 'keyFile' | 'stateFile', string> {
  const id = createHash('sha256')
    .update(JSON.stringify([directory, external?.id, ...(accountKey === undefined ? [] : [accountKey])]))
    .digest('hex')
    .slice(0, 8);
  const folder = join(store, 'accounts', `${new URL(directory).host.replaceAll(':', '-')}-${id}`);
  return { directory: folder, keyFile: join(folder, 'account.key'), stateFile: join(folder, 'account.json') };
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AcmeError(`${path} cannot be created: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readKey(file: string): Promise<KeyObject | undefined> {
  const contents = await readSmallFile(file);
  if ('error' in contents) return undefined;
  try {
    return createPrivateKey(contents.data);
  } catch {
    // A new account costs nothing; a key that cannot be read is of no use.
    return undefined;
  }
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>>> {
  const contents = await readSmallFile(file);
  try {
    return 'error' in contents ? {} : fieldsOf(JSON.parse(contents.data.toString('utf8')));
  } catch {
    return {};
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
