import type { TicketFile } from '../model/served.ts';
import type { Finding } from './finding.ts';
import type { ReadFile } from './read.ts';
import { readSecret } from './secret.ts';

/** Keys whose tickets are accepted, as in HAProxy: one that follows, the one in use, one before it. */
const KEPT = 3;

interface TicketKeys {
  /** 48 bytes each for Node.js (name, HMAC key, cipher key), the one in use first. */
  readonly keys: readonly Buffer[];
  readonly file: TicketFile | undefined;
  readonly findings: readonly Finding[];
}

/** The keys of a file, or why there are none. */
export async function loadTicketKeys(file: string, read?: ReadFile): Promise<TicketKeys> {
  const findings: Finding[] = [];
  const contents = await readSecret(file, 'keys', findings, read);
  if (contents === undefined) return { keys: [], file: undefined, findings };
  const lines = contents
    .toString('latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const wrong = lines.findIndex((line) => ticketKey(line) === undefined);
  if (lines.length === 0 || wrong !== -1) {
    const message =
      lines.length === 0
        ? "it is empty; 'openssl rand -base64 48' makes a line"
        : `line ${wrong + 1} is not 48 or 80 bytes in base64; 'openssl rand -base64 48' makes one`;
    return { keys: [], file: undefined, findings: [...findings, { severity: 'error', file, message }] };
  }
  const last = lines.slice(-KEPT);
  return { keys: inUseFirst(last.flatMap((line) => ticketKey(line) ?? [])), file: { file, lines: last }, findings };
}

/** One line of such a file; undefined: it is none. */
export function ticketKey(line: string): Buffer | undefined {
  const bytes = Buffer.from(line, 'base64');
  // Base64 of Node.js skips what is none of it.
  if (!/^[\w+/-]+={0,2}$/.test(line) || (bytes.length !== 48 && bytes.length !== 80)) return undefined;
  return bytes.subarray(0, 48);
}

/** HAProxy encrypts with the last but one of three, so that all machines know a key before it is in use; `at(-1)` is that next one. */
function inUseFirst(keys: readonly Buffer[]): readonly Buffer[] {
  const inUse = keys.length >= KEPT ? keys.length - 2 : keys.length - 1;
  return keys.flatMap((_, index) => keys.at(inUse - index) ?? []);
}
