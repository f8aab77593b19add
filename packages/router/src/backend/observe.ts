import { OBSERVATIONS } from '../model/backend.ts';
import type { CheckResult, Observation } from '../model/backend.ts';
import type { ServerRuntime } from './server.ts';

/** In a worker: whether the primary, which counts, has to hear of it. Good ones matter after bad ones only. */
export function worthTelling(server: ServerRuntime, seen: Observation): boolean {
  const { observe: wanted, check } = server.config;
  if (wanted === undefined || check === undefined) return false;
  const { layer4, layer7 } = OBSERVATIONS[seen];
  const good = wanted.layer === 4 ? layer4 : layer7;
  if (good === undefined || (good && server.errors === 0)) return false;
  server.errors = good ? 0 : server.errors + 1;
  return true;
}

/**
 * Counts what traffic shows of a server (`observe`). After `error-limit` errors in a row: the failed check that stands for them, the
 * server's health being where `on-error` wants it before that, or 'hurry' when only the next check is to come soon.
 */
export function observe(server: ServerRuntime, seen: Observation): CheckResult | 'hurry' | undefined {
  const { observe: wanted, check } = server.config;
  if (wanted === undefined || check === undefined) return undefined;
  const { text, layer4, layer7 } = OBSERVATIONS[seen];
  const good = wanted.layer === 4 ? layer4 : layer7;
  if (good === undefined) return undefined;
  server.errors = good ? 0 : server.errors + 1;
  if (good || server.errors < wanted.limit) return undefined;
  const info = `Detected ${server.errors} consecutive errors, last one was: ${text}`;
  server.errors = 0;
  if (wanted.action === 'fastinter') return 'hurry';
  if (wanted.action === 'sudden-death' && server.health > check.rise) server.health = check.rise + 1;
  if (wanted.action === 'mark-down') server.health = check.rise;
  // No time passed: HAProxy gives none either.
  return { passed: false, status: 'HANA', code: undefined, info, duration: -1 };
}
