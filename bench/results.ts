import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases } from './cases.ts';
import type { CaseName } from './cases.ts';
import type { Pace } from './command-line.ts';
import type { Requests } from './load/requests.ts';
import type { Machine } from './machine.ts';
import type { Ratios } from './peers.ts';
import type { Outcome } from './run-case.ts';

/** The result of one case in a run: one file in the directory of results. */
export interface Result extends Outcome {
  readonly case: CaseName;
  /** The command that produced it. */
  readonly command: string;
  readonly date: string;
  readonly pace: Pace['name'];
  /** The kind of its requests. */
  readonly requests: Requests;
  /** Cost relative to its peer, by row and load. */
  readonly ratios: Ratios;
  readonly seconds: number;
  readonly rounds: number;
  /** Whether load and contenders ran on separate cores. */
  readonly separateCores: boolean;
  /** Load average when the case began and ended, to detect other programs. */
  readonly loadAverage: readonly [number, number];
  /** How our own programs ran. */
  readonly ours: 'built' | 'source';
  readonly machine: Machine;
}

export function writeResult(directory: string, result: Result): void {
  mkdirSync(directory, { recursive: true });
  const short = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  const text = JSON.stringify(result, short, 1).replaceAll(/\{[^{}]*\}/g, (innermost) =>
    innermost.replaceAll(/\n\s*/g, ' '),
  );
  writeFileSync(join(directory, `${result.case}.json`), `${text}\n`);
}

/** The latest result of each case, in the order of the list of cases, ignoring results made with different requests. */
export function readResults(directory: string): Result[] {
  const files = new Set(existsSync(directory) ? readdirSync(directory) : []);
  return Object.keys(cases)
    .filter((name) => files.has(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8')) as Result)
    .filter((result) => result.requests === cases[result.case].requests);
}
