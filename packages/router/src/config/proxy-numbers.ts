import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { ProxyDraft } from './draft.ts';

/**
 * The number of every proxy: `id`, or as in HAProxy the smallest that is free and not below the number of proxies before it.
 * `control`: the first `stats` line of `global`, which is one of these proxies there.
 */
export function numberProxies(
  proxies: readonly ProxyDraft[],
  control: Position | undefined,
  problems: Problems,
): ReadonlyMap<ProxyDraft, number> {
  const taken = new Map<number, ProxyDraft>();
  for (const draft of proxies) {
    const { number } = draft.settings;
    if (number === undefined) continue;
    const before = taken.get(number);
    if (before === undefined) taken.set(number, draft);
    else problems.error(draft.at, `'${before.name}' has 'id ${number}' too (${before.at.file}:${before.at.line})`);
  }
  const numbers = new Map<ProxyDraft, number>();
  let next = 1;
  let counted = control === undefined;
  for (const draft of proxies) {
    const { number } = draft.settings;
    if (!counted && control !== undefined && isBefore(control, draft.at)) {
      counted = true;
      next += 1;
    }
    if (number === undefined) {
      while (taken.has(next)) next += 1;
      taken.set(next, draft);
    }
    numbers.set(draft, number ?? next);
    next += 1;
  }
  return numbers;
}

/** Lines of one file only can be compared: of several, the one with `global` is usually the first. */
function isBefore(one: Position, other: Position): boolean {
  return one.file !== other.file || one.line < other.line;
}
