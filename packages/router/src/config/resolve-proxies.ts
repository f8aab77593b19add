import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Backend, Frontend } from '../model/snapshot.ts';
import { hasBackend, hasFrontend } from './proxy-kind.ts';
import type { GlobalDraft, ProxyDraft } from './draft.ts';
import { numberProxies } from './proxy-numbers.ts';
import { resolveBackend, resolveFrontend } from './resolve.ts';
import { SharedParts } from './share-parts.ts';

/** Turns what was collected of the proxies into the snapshot. A disabled frontend is left out; of a disabled backend its servers are. */
export function resolveProxies(
  proxies: readonly ProxyDraft[],
  global: GlobalDraft,
  start: Position,
  problems: Problems,
): { readonly fronts: readonly Frontend[]; readonly backs: readonly Backend[] } {
  const numbers = numberProxies(proxies, global.controlAt, problems);
  const numberOf = (draft: ProxyDraft): number => numbers.get(draft) ?? 0;
  const enabled = proxies.filter(({ settings }) => settings.disabled !== true);
  // As in HAProxy, a control socket is reason enough to run: for checks, and what they report.
  const listens = (global.controlBinds ?? []).length > 0 || enabled.some(({ binds }) => binds.length > 0);
  if (!listens && !problems.hasErrors) {
    const which = enabled.length === proxies.length ? 'no' : 'no enabled';
    problems.error(start, `${which} frontend has a 'bind': nothing would listen`);
  }
  const fronts = enabled.filter(({ kind }) => hasFrontend(kind));
  const backs = proxies.filter(({ kind }) => hasBackend(kind));
  const parts = new SharedParts();
  return {
    fronts: fronts.map((draft) => parts.of(resolveFrontend(draft, global, numberOf(draft)))),
    backs: backs.map((draft) => parts.of(resolveBackend(draft, global, numberOf(draft), problems))),
  };
}
