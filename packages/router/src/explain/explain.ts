/** How `headgate-router explain` prints a trace: as text, or as JSON records. */
import type { Position } from '@headgate/shared/config/raw';
import type { Frontend, Snapshot } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { GivenResponse, Traces } from './response.ts';
import { trace } from './trace.ts';
import type { Outcome, Stage, TracedServer } from './trace.ts';
import type { TracedCriterion, TracedRule, TracedTerm } from './traced-rule.ts';

/** At most this many samples of one fetch are shown. */
const MAX_SAMPLES = 5;

/** The path of a request through a frontend and, if it reaches one, a backend, as lines of text. */
export function explain(snapshot: Snapshot, frontend: Frontend, on: Evaluation, given?: GivenResponse): string[] {
  return trace(snapshot, frontend, on, given).flatMap((stage, index) => [
    ...(index > 0 ? [''] : []),
    ...stageLines(stage),
  ]);
}

/** What the request leaves, as lines of text: nothing where it leaves nothing. */
export function leftLines({ captures, variables, counters }: Traces): string[] {
  const lines = [
    ...captures.map((text) => `captured     ${text}`),
    ...variables.map((text) => `variable     ${text}`),
    ...counters.map((text) => `counter      ${text}`),
  ];
  return lines.length === 0 ? [] : ['', 'at the end', ...lines];
}

/** The same for `--format json`, one record for the frontend and one for the backend. The keys are stable; new ones may be added. */
export function explainRecords(
  snapshot: Snapshot,
  frontend: Frontend,
  on: Evaluation,
  given?: GivenResponse,
): object[] {
  return trace(snapshot, frontend, on, given).map(({ kind, name, at, rules, outcome }) => ({
    kind,
    name,
    ...place(at),
    rules: rules.map(({ text, at: line, applies, alternatives, tracks }) => ({
      text,
      ...place(line),
      applies,
      ...(tracks === undefined ? {} : { tracks }),
      ...(alternatives.length === 0 ? {} : { condition: alternatives.map((terms) => terms.map(termRecord)) }),
    })),
    outcome: { ...outcome, text: told(outcome) },
  }));
}

/** Terms that were not evaluated have the value null. */
function termRecord({ text, value, criteria }: TracedTerm): object {
  return {
    text,
    value: value ?? null,
    criteria: criteria.map(({ text: test, at, value: held, samples }) => ({
      text: test,
      ...place(at),
      value: held ?? null,
      samples,
    })),
  };
}

function place(at: Position | undefined): object {
  return at === undefined ? {} : { file: at.file, line: at.line };
}

function stageLines({ kind, name, at, rules, outcome }: Stage): string[] {
  const edits =
    outcome.kind === 'servers' || outcome.kind === 'passed' ? outcome.edits.map((edit) => `changed      ${edit}`) : [];
  if (outcome.kind === 'servers' && outcome.sticky !== undefined) edits.push(`bound        ${outcome.sticky}`);
  if (outcome.kind === 'servers' && outcome.limits !== undefined) edits.push(`limited      ${outcome.limits}`);
  const title = kind === 'response' ? `response of ${name}` : `${kind} ${name}`;
  return [`${title} (${where(at)})`, ...rules.flatMap(ruleLines), ...edits, `=> ${told(outcome)}`];
}

function ruleLines({ text, at, applies, alternatives, tracks }: TracedRule): string[] {
  const key =
    tracks === undefined
      ? []
      : [`    tracks     ${JSON.stringify(tracks.key)} in the stick table ${tracks.table}, slot ${tracks.slot}`];
  return [
    `${applies ? 'applies     ' : 'passed over '} ${at === undefined ? text : `${where(at)}  ${text}`}`,
    ...alternatives.flatMap((terms, index) => [...(index > 0 ? ['    or'] : []), ...terms.flatMap(termLines)]),
    ...key,
  ];
}

function termLines({ text, value, criteria }: TracedTerm): string[] {
  return [`    ${column(value)}  ${text}`, ...criteria.map(criterionLine)];
}

function criterionLine({ text, at, value, samples }: TracedCriterion): string {
  return `        ${column(value)}  ${text}  (${where(at)}${value === undefined ? '' : `, ${listed(samples)}`})`;
}

function column(value: boolean | undefined): string {
  return (value === undefined ? 'skipped' : String(value)).padEnd(9);
}

function listed(samples: TracedCriterion['samples']): string {
  if (samples.length === 0) return 'nothing there';
  const shown = samples
    .slice(0, MAX_SAMPLES)
    .map((sample) => JSON.stringify(sample))
    .join(', ');
  return samples.length > MAX_SAMPLES ? `is ${shown} and ${samples.length - MAX_SAMPLES} more` : `is ${shown}`;
}

function told(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'closed':
      return outcome.reason;
    case 'backend':
      return `backend ${outcome.backend}`;
    case 'service':
      return outcome.service;
    case 'passed':
      return `the client gets ${outcome.status}`;
    case 'none':
      return 'no rule applies and there is no default_backend: 503';
    case 'response':
      return `${outcome.status} ${outcome.reason}${outcome.location === undefined ? '' : `, location: ${outcome.location}`}`;
    case 'servers': {
      const names = outcome.servers.map(serverText);
      if (names.length === 0) return 'no server: 503';
      return names.length === 1
        ? `server ${names.join()}`
        : `one of these servers, by balance ${outcome.balance}: ${names.join(', ')}`;
    }
  }
}

function serverText({ name, address, backup, disabled }: TracedServer): string {
  return `${name} (${address}${backup ? ', backup' : ''}${disabled ? ', disabled' : ''})`;
}

function where({ file, line }: Position): string {
  return `${file}:${line}`;
}
