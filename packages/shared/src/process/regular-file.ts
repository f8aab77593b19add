import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { whyUnreadable } from '../config/unreadable.ts';
import { STANDARD_INPUT } from './files.ts';

/** Bytes of a configuration file; HAProxy's largest are a few megabytes. */
export const MAX_CONFIGURATION = 16 * 1024 * 1024;

/** Bytes of a file of patterns (`acl … -f`): lists of addresses are the longest. */
export const MAX_PATTERNS = 64 * 1024 * 1024;

const CHUNK = 64 * 1024;

/** A file's bytes, and whether users other than its owner and group can read or write it; or why it cannot be read. */
export type FileContents = { readonly data: Buffer; readonly worldAccessible: boolean } | { readonly error: string };

/** A file's text, or why it cannot be read (undefined when the reason is not known). */
export type FileText = string | { readonly unreadable: string } | undefined;

/** What a file's bytes are: a text, or bytes as they are, one a character. */
export type Encoding = 'utf8' | 'latin1';

/** What files hold, by path. */
export type FileBook = Map<string, FileContents>;

/** Where files are noted as they are read, and files that are not read again; for workers, which load what the primary has loaded. */
let noted: FileBook | undefined;
let known: ReadonlyMap<string, FileContents> = new Map();

/** Notes every file that `work` reads. One such work at a time. */
export async function notingFiles<Result>(book: FileBook, work: () => Promise<Result>): Promise<Result> {
  noted = book;
  try {
    return await work();
  } finally {
    noted = undefined;
  }
}

/** What these files hold is not read again while `work` goes on. One such work at a time. */
export async function withKnownFiles<Result>(
  book: ReadonlyMap<string, FileContents>,
  work: () => Promise<Result>,
): Promise<Result> {
  known = book;
  try {
    return await work();
  } finally {
    known = new Map();
  }
}

/**
 * Reads a complete regular file of at most `limit` bytes. Every file that a configuration names is read here: a named pipe
 * would block the start until it gets a writer, and a device such as /dev/zero never ends. Never throws.
 */
export function readRegularFile(path: string, limit: number): FileContents {
  const contents = known.get(path) ?? readFromDisk(path, limit);
  noted?.set(path, contents);
  return contents;
}

function readFromDisk(path: string, limit: number): FileContents {
  // Configurations name it for an empty list or an empty body.
  if (path === '/dev/null') return { data: Buffer.alloc(0), worldAccessible: false };
  let file: number | undefined;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile()) return { error: 'it is not a regular file' };
    const data = stat.size > limit ? undefined : readAtMost(file, limit);
    if (data === undefined) return { error: `it is larger than ${limit} bytes` };
    return { data, worldAccessible: (stat.mode & 0o007) !== 0 };
  } catch (error) {
    return { error: whyUnreadable(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The text of a regular file. */
export function readRegularText(path: string, limit: number, encoding: Encoding = 'utf8'): FileText {
  const contents = readRegularFile(path, limit);
  return 'error' in contents ? { unreadable: contents.error } : contents.data.toString(encoding);
}

/** The text of a configuration file, or of what comes on standard input until its end (`-f -`). Never throws. */
export function readConfigurationText(path: string, limit: number): FileText {
  if (path !== STANDARD_INPUT) return readRegularText(path, limit);
  try {
    const data = readAtMost(0, limit);
    return data === undefined ? { unreadable: `it is larger than ${limit} bytes` } : data.toString('utf8');
  } catch (error) {
    return { unreadable: whyUnreadable(error) };
  }
}

/** `: it is not a regular file`, to be appended to a sentence; empty when the reason is not known. */
export function reasonFor(text: Exclude<FileText, string>): string {
  return text === undefined ? '' : `: ${text.unreadable}`;
}

/** Files in /proc report size 0 and others may grow while being read: only the bytes read count. */
function readAtMost(file: number, limit: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const count = readSome(file, chunk);
    if (count === 0) return Buffer.concat(chunks, length);
    length += count;
    if (length > limit) return undefined;
    chunks.push(chunk.subarray(0, count));
  }
}

/** Standard input that another program made non-blocking says EAGAIN while there is nothing yet. */
function readSome(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
