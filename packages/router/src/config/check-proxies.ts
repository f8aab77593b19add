import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { checkServers, checkTracking } from './check-servers.ts';
import { warnOfUnusedChecks } from './check/script.ts';
import { warnOfCircles } from './circles.ts';
import { hasBackend, hasFrontend } from './proxy-kind.ts';
import type { ProxyDraft } from './draft.ts';
import { checkPersistence } from './resolve-persistence.ts';
import { checkStats } from './statistics.ts';
import { checkModes, needsRequest } from './tcp-mode.ts';
import { warnOfUnheldBodies } from './unheld-bodies.ts';
import { endsRequestRules, warnOfUnreachable } from './unreachable.ts';

/** Checks that need all proxies: duplicate names, unknown backends, missing limits. */
export function checkProxies(proxies: readonly ProxyDraft[], problems: Problems): void {
  const backends = new Map<string, ProxyDraft>();
  for (const draft of proxies) if (hasBackend(draft.kind) && !backends.has(draft.name)) backends.set(draft.name, draft);
  checkUnique(
    'frontend',
    proxies.filter(({ kind }) => hasFrontend(kind)),
    problems,
  );
  checkUnique(
    'backend',
    proxies.filter(({ kind }) => hasBackend(kind)),
    problems,
  );
  for (const draft of proxies) {
    checkStats(draft, problems);
    checkUnique(`server of '${draft.name}'`, draft.servers, problems);
    checkPersistence(draft, problems);
    if (hasFrontend(draft.kind)) checkSlots(draft.captures, problems);
    checkServers(draft, problems);
    const { idleBackend } = draft;
    if (idleBackend !== undefined && !backends.has(idleBackend.text))
      reportUnknown(idleBackend, backends.keys(), problems);
    if (hasFrontend(draft.kind)) {
      const references = draft.useBackends.filter(({ rule }) => rule.made === undefined).map(({ backend }) => backend);
      const last = draft.settings.defaultBackend;
      for (const reference of last === undefined ? references : [...references, last]) {
        const back = backends.get(reference.text);
        if (back === undefined) reportUnknown(reference, backends.keys(), problems);
        else checkModes(draft, back, reference, problems);
      }
    }
  }
  checkTracking(proxies, problems);
  // After an error, a missing item may only be misspelled.
  if (problems.hasErrors) return;
  for (const draft of proxies) {
    warnOfGaps(draft, problems);
    warnOfUnreachable(draft, problems);
    warnOfUnheldBodies(draft, problems);
    draft.scope.warnOfUnused();
  }
  warnOfCircles(proxies, problems);
}

/** Rules name capture slots by their numbers, which further lines may declare. */
function checkSlots(captures: ProxyDraft['captures'], problems: Problems): void {
  for (const { side, slot, at } of captures.wanted)
    if (captures[side][slot] === undefined)
      problems.error(at, `there is no capture slot ${slot}: 'declare capture ${side} len N' makes one, the first is 0`);
}

function checkUnique(
  what: string,
  named: readonly { readonly name: string; readonly at: Word['at'] }[],
  problems: Problems,
): void {
  const seen = new Map<string, Word['at']>();
  for (const { name, at } of named) {
    const before = seen.get(name);
    if (before === undefined) seen.set(name, at);
    else problems.error(at, `another ${what} is named '${name}' (${before.file}:${before.line})`);
  }
}

function reportUnknown(word: Word, backends: Iterable<string>, problems: Problems): void {
  if (word.text.includes('%[')) problems.error(word.at, 'not supported yet: a backend name made of an expression');
  else problems.error(word.at, `there is no backend '${word.text}'`, nearest(word.text, backends));
}

function warnOfGaps(draft: ProxyDraft, problems: Problems): void {
  const { kind, name, at, settings, binds, servers } = draft;
  const missing = (['client', 'connect', 'server'] as const).filter((timeout) => {
    const used = timeout === 'client' ? hasFrontend(kind) && binds.length > 0 : hasBackend(kind) && servers.length > 0;
    return used && settings.timeouts[timeout] === undefined;
  });
  if (missing.length > 0)
    problems.warning(
      at,
      `${kind} '${name}' has no ${missing.map((timeout) => `'timeout ${timeout}'`).join(' and no ')}: idle connections are never closed`,
    );
  // A backend of a table alone is how HAProxy's users have several tables.
  if (hasBackend(kind) && servers.length === 0 && draft.tables.length === 0 && !leadsOn(draft))
    problems.warning(at, `${kind} '${name}' has no server: every request that reaches it is answered with 503`);
  if (kind === 'frontend' && binds.length === 0)
    problems.warning(at, `frontend '${name}' has no 'bind': it never gets a request`);
  if (hasBackend(kind) && settings.mode === 'tcp' && needsRequest(settings))
    problems.warning(at, `'balance ${settings.balance?.name}' in mode tcp takes turns: there are no requests to hash`);
  if (hasBackend(kind)) warnOfUnusedChecks(draft, problems);
}

/** Whether a proxy without servers is still useful: a rule that answers, a page for its 503, or another backend. */
function leadsOn({ kind, contentRules, requestRules, redirects, useBackends, settings }: ProxyDraft): boolean {
  const rules = [...contentRules, ...requestRules.filter(endsRequestRules), ...redirects, ...useBackends].length;
  const elsewhere = kind === 'listen' && settings.defaultBackend !== undefined;
  return rules > 0 || elsewhere || settings.stats !== undefined || settings.errorAnswers.has(503);
}
