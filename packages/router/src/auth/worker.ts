/** A thread that checks passwords: one hash takes milliseconds, which no request may wait for. */
import { parentPort } from 'node:worker_threads';
import type { HashedPassword } from '../model/user-list.ts';
import { matchesHash } from './password.ts';

export interface Job {
  readonly id: number;
  readonly stored: HashedPassword;
  readonly attempt: string;
}

export interface Verdict {
  readonly id: number;
  readonly matches: boolean;
}

parentPort?.on('message', ({ id, stored, attempt }: Job) => {
  const verdict: Verdict = { id, matches: matchesHash(stored, attempt) };
  parentPort?.postMessage(verdict);
});
