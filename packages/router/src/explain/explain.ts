/** Tells how the rules decide a request, rule by rule: what `router explain` prints. Pure; nothing here runs while traffic does. */
import type { Position } from '@headgate/shared/config/raw';
import type { ConditionOutline, CriterionOutline, TermOutline } from '../model/outline.ts';
import type { Backend, Condition, Frontend, RequestRule, Snapshot } from '../config/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { noRequest } from '../sample/no-request.ts';
import type { Decision } from '../model/decision.ts';
import { decideBackend, decideFrontend } from '../rules/evaluate.ts';

/** At most this many samples of one fetch are shown. */
const MAX_SAMPLES = 5;

/** A rule of any family, as far as telling about it goes. */
interface ToldRule {
  readonly at: Position;
  readonly text: string;
  readonly when: Condition | undefined;
}

/** The whole way of a request through a frontend and, when it gets there, a backend, one line of text each. */
export function explain(snapshot: Snapshot, frontend: Frontend, on: Evaluation): string[] {
  const lines = [`frontend ${frontend.name} (${where(frontend.at)})`];
  const closed = connectionRules(frontend, on, lines);
  if (closed !== undefined) return [...lines, `=> ${closed}`];
  const decision = decideFrontend(frontend, on);
  const ended = requestRules(frontend.requestRules, on, lines) || requestRules(frontend.redirects, on, lines);
  if (!ended) useBackends(frontend, on, lines);
  lines.push(`=> ${told(decision)}`);
  const backend = decision.kind === 'backend' ? snapshot.backends.get(decision.name) : undefined;
  if (backend !== undefined) lines.push('', ...explainBackend(backend, on));
  return lines;
}

function explainBackend(backend: Backend, on: Evaluation): string[] {
  const lines = [`backend ${backend.name} (${where(backend.at)})`];
  const ended = requestRules(backend.requestRules, on, lines) || requestRules(backend.redirects, on, lines);
  lines.push(`=> ${ended ? told(decideBackend(backend, on)) : serverOf(backend)}`);
  return lines;
}

/**
 * These run when the connection is accepted, so the client is still the peer. Up to the first that accepts or rejects.
 * Returns why the connection is closed before its request is read, if it is.
 */
function connectionRules(
  { connectionRules: rules, binds }: Frontend,
  { connection, world }: Evaluation,
  lines: string[],
): string | undefined {
  const early = {
    ...connection,
    client: connection.peer,
    destination: connection.local,
    proxied: false,
    tls: undefined,
  };
  const before: Evaluation = { connection: early, request: noRequest(early), world };
  let demanded = binds.length > 0 && binds.every(({ acceptProxy }) => acceptProxy);
  for (const { at, action, when } of rules) {
    const applies = when === undefined || when(before);
    lines.push(head(applies, at, `tcp-request connection ${action}`));
    if (!applies) continue;
    if (action === 'reject') return told({ kind: 'reject' });
    if (action === 'accept') break;
    demanded = true;
  }
  return demanded && !connection.proxied
    ? `the connection is closed: a PROXY header is demanded from ${connection.peer.address} and none came (--proxied or --tls: one did)`
    : undefined;
}

/** True when one of the rules ended the evaluation. */
function requestRules(rules: readonly RequestRule[], on: Evaluation, lines: string[]): boolean {
  for (const rule of rules) {
    if (!tellRule(rule, on, lines)) continue;
    const { kind } = rule.act(on);
    if (kind === 'allow') return false;
    if (kind !== 'continue') return true;
  }
  return false;
}

function useBackends(frontend: Frontend, on: Evaluation, lines: string[]): void {
  for (const rule of frontend.useBackends) if (tellRule(rule, on, lines)) return;
  if (frontend.defaultBackend !== undefined) lines.push(`applies      default_backend ${frontend.defaultBackend}`);
}

/** Adds the lines of a rule and says whether it applies. */
function tellRule({ at, text, when }: ToldRule, on: Evaluation, lines: string[]): boolean {
  const applies = when === undefined || when(on);
  lines.push(head(applies, at, text));
  if (when?.outline !== undefined) lines.push(...tellCondition(when.outline, on));
  return applies;
}

function head(applies: boolean, at: Position, text: string): string {
  return `${applies ? 'applies     ' : 'passed over '} ${where(at)}  ${text}`;
}

/** Each term with its value; what the short circuit leaves out is `not asked`. */
function tellCondition({ alternatives }: ConditionOutline, on: Evaluation): string[] {
  const lines: string[] = [];
  let settled = false;
  for (const [index, terms] of alternatives.entries()) {
    if (index > 0) lines.push('    or');
    let all = true;
    for (const term of terms) {
      if (settled || !all) lines.push(`    not asked  ${spelled(term)}`);
      else {
        all = holds(term, on);
        lines.push(`    ${String(all).padEnd(9)}  ${spelled(term)}`, ...tellCriteria(term, on));
      }
    }
    settled ||= all;
  }
  return lines;
}

function holds({ criteria, negated }: TermOutline, on: Evaluation): boolean {
  return criteria.some((criterion) => criterion.test(on)) !== negated;
}

function spelled({ name, negated }: TermOutline): string {
  return negated ? `!${name}` : name;
}

/** The lines of an ACL up to the first that holds. */
function tellCriteria({ criteria }: TermOutline, on: Evaluation): string[] {
  const first = criteria.findIndex((criterion) => criterion.test(on));
  return criteria.map((criterion, index) => {
    const asked = first < 0 || index <= first;
    return `        ${(asked ? String(index === first) : 'not asked').padEnd(9)}  ${criterion.text}  (${where(criterion.at)}${asked ? `, ${samples(criterion, on)}` : ''})`;
  });
}

function samples(criterion: CriterionOutline, on: Evaluation): string {
  const found = criterion.samples(on);
  if (found.length === 0) return 'nothing there';
  const shown = found
    .slice(0, MAX_SAMPLES)
    .map((sample) => JSON.stringify(sample))
    .join(', ');
  return found.length > MAX_SAMPLES ? `is ${shown} and ${found.length - MAX_SAMPLES} more` : `is ${shown}`;
}

function told(decision: Decision): string {
  switch (decision.kind) {
    case 'backend':
      return `backend ${decision.name}`;
    case 'reject':
      return 'the connection is closed without an answer';
    case 'none':
      return 'no rule applies and there is no default_backend: 503';
    case 'respond': {
      const { status, reason, headers } = decision.answer;
      const location = headers.find(([name]) => name === 'location')?.[1];
      return `${status} ${reason}${location === undefined ? '' : `, location: ${location}`}`;
    }
  }
}

/** Which server takes it is only known while running: that depends on who is up and how busy. */
function serverOf({ servers, balance }: Backend): string {
  const names = servers.map(({ name, address, backup, disabled }) => {
    const place = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    return `${name} (${place}${backup ? ', backup' : ''}${disabled ? ', disabled' : ''})`;
  });
  if (names.length === 0) return 'no server: 503';
  return names.length === 1
    ? `server ${names.join()}`
    : `one of these servers, by balance ${balance.name}: ${names.join(', ')}`;
}

function where({ file, line }: Position): string {
  return `${file}:${line}`;
}
