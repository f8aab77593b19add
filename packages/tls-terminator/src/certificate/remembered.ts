import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { ReadFile } from './read.ts';
import { lastThird } from './verdicts.ts';

interface Entry<Value> {
  /** What the files held. */
  readonly state: string;
  /** While nothing about its dates changes, in milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly value: Value;
}

/**
 * What the last load made of files. Of ten thousand certificates one or two have changed when a reload reads them, and checking one costs
 * OpenSSL half a millisecond. What a load does not ask for is forgotten at its end.
 */
export class Remembered<Value> {
  #last = new Map<string, Entry<Value>>();
  #next = new Map<string, Entry<Value>>();

  find(id: string, state: string, now: Date): Value | undefined {
    const entry = this.#last.get(id);
    if (entry === undefined || entry.state !== state || now.getTime() < entry.from || now.getTime() >= entry.until)
      return undefined;
    this.#next.set(id, entry);
    return entry.value;
  }

  /** Unless something is to be said of the dates of these certificates now. */
  keep(id: string, state: string, value: Value, certificates: readonly X509Certificate[], now: Date): void {
    const from = Math.max(...certificates.map(({ validFromDate }) => validFromDate.getTime()));
    const until = Math.min(
      ...certificates.map(({ validFromDate, validToDate }) => lastThird(validFromDate, validToDate)),
    );
    if (from <= now.getTime() && now.getTime() < until) this.#next.set(id, { state, from, until, value });
  }

  /** A load has ended. */
  turn(): void {
    this.#last = this.#next;
    this.#next = new Map();
  }
}

/** What these files hold, in a few bytes; undefined: one of them cannot be read. */
export async function stateOf(files: readonly (string | undefined)[], read: ReadFile): Promise<string | undefined> {
  const hash = createHash('sha256');
  for (const file of files) {
    if (file === undefined) continue;
    const contents = await read(file);
    if ('error' in contents) return undefined;
    hash.update(`${contents.data.length} ${contents.worldAccessible} `).update(contents.data);
  }
  return hash.digest('base64');
}
