import test from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES } from './engines.ts';
import type { Engine } from './engines.ts';
import { ROUTERS, TERMINATORS, missing } from './programs.ts';
import type { Router, Terminator, Tool } from './programs.ts';

/** A scenario that takes longer than this hangs. */
const TIMEOUT_MS = 60_000;

/** What HAProxy does and ours must do alike: the scenario runs against both. */
export function forEachRouter(sentence: string, scenario: (t: TestContext, router: Router) => Promise<void>): void {
  for (const router of ROUTERS) {
    test(`${router}: ${sentence}`, { skip: missing(router), timeout: TIMEOUT_MS }, (t) => scenario(t, router));
  }
}

/** What stunnel does and ours must do alike. */
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

/** What our router must do whichever engine carries the bytes. `except` gives the reason why an engine is left out. */
export function forEachEngine(
  sentence: string,
  scenario: (t: TestContext, engine: Engine) => Promise<void>,
  except: Partial<Record<Engine, string>> = {},
): void {
  for (const engine of ENGINES) {
    if (except[engine] !== undefined) continue;
    test(`${engine} engine: ${sentence}`, { timeout: TIMEOUT_MS }, (t) => scenario(t, engine));
  }
}

/** What only ours does. */
export function scenario(sentence: string, run: (t: TestContext) => Promise<void>): void {
  test(sentence, { timeout: TIMEOUT_MS }, run);
}
