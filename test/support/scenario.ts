import test, { describe } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES } from './engines.ts';
import type { Engine } from './engines.ts';
import { ROUTERS, TERMINATORS, missing } from './programs.ts';
import type { Router, Terminator, Tool } from './programs.ts';
import { PATIENCE } from './until.ts';

/** A scenario that takes longer than this hangs. */
const TIMEOUT_MS = 60_000 * PATIENCE;

/** Behaviour that must equal HAProxy's: the scenario runs against both. */
export function forEachRouter(sentence: string, scenario: (t: TestContext, router: Router) => Promise<void>): void {
  for (const router of ROUTERS) {
    test(`${router}: ${sentence}`, { skip: missing(router), timeout: TIMEOUT_MS }, (t) => scenario(t, router));
  }
}

/** Behaviour that must equal stunnel's. */
export function forEachTerminator(
  sentence: string,
  scenario: (t: TestContext, terminator: Terminator) => Promise<void>,
): void {
  for (const terminator of TERMINATORS) {
    const skip = missing(terminator, 'openssl');
    test(`${terminator}: ${sentence}`, { skip, timeout: TIMEOUT_MS }, (t) => scenario(t, terminator));
  }
}

/** Each terminator in front of each router. */
export function forEachPair(
  sentence: string,
  scenario: (t: TestContext, terminator: Terminator, router: Router) => Promise<void>,
  alsoNeeds: readonly Tool[] = [],
): void {
  for (const terminator of TERMINATORS) {
    for (const router of ROUTERS) {
      const skip = missing(terminator, router, 'openssl', ...alsoNeeds);
      test(`${terminator} and ${router}: ${sentence}`, { skip, timeout: TIMEOUT_MS }, (t) =>
        scenario(t, terminator, router),
      );
    }
  }
}

/** Behaviour of our router with either engine. `except` gives the reason why an engine is skipped, `timeout` is in milliseconds. */
export function forEachEngine(
  sentence: string,
  scenario: (t: TestContext, engine: Engine) => Promise<void>,
  except: Partial<Record<Engine, string>> = {},
  timeout = TIMEOUT_MS,
): void {
  for (const engine of ENGINES) {
    if (except[engine] !== undefined) continue;
    test(`${engine} engine: ${sentence}`, { timeout }, (t) => scenario(t, engine));
  }
}

/** Behaviour that only ours has. */
export function scenario(sentence: string, run: (t: TestContext) => Promise<void>, timeout = TIMEOUT_MS): void {
  test(sentence, { timeout }, run);
}

/** So many of them at once: a file has neighbours, and two cores. */
const AT_ONCE = 4;

/** Scenarios that wait more than they work (for supervisors, for answers that never come): all at once, each with processes of its own. */
export function together(subject: string, scenarios: () => void): void {
  describe(subject, { concurrency: AT_ONCE }, scenarios);
}
