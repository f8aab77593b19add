import type { Frontend } from '../model/snapshot.ts';
import type { Decision } from '../model/decision.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Read } from '../model/values.ts';
import { Recent } from '../http/recent.ts';
import { decideFrontend } from './evaluate.ts';
import type { Course } from './evaluate.ts';

/** With fewer rules, evaluating them costs no more than a lookup. */
const WORTH = 8;
/** The most values that a remembered decision depends on. With more, the same combination rarely recurs. */
const MAX_READS = 3;
/** The longest key, in bytes. */
const MAX_KEY = 256;
/** Decisions kept, in each of two generations. */
const MAX_DECISIONS = 1024;

/**
 * How a frontend decides: by its rules, or from memory when they read only a few short values of the head (Host, method, version)
 * and the same values were seen in an earlier request. The memory is bounded: decisions not used recently are dropped.
 */
export function decisionsOf(frontend: Frontend): (on: Evaluation) => Decision {
  const key = keyOf(frontend);
  if (key === undefined) return (on) => decideFrontend(frontend, on);
  const memory = new Recent<Remembered>(MAX_DECISIONS);
  const course: Course = { wentOn: false };
  return (on) => {
    const values = key(on);
    if (values === undefined) return decideFrontend(frontend, on);
    const known = memory.get(values);
    if (known !== undefined) {
      on.lastRule = known.lastRule;
      return known.decision;
    }
    course.wentOn = false;
    const decision = decideFrontend(frontend, on, course);
    // A rule that acts and continues has to act for every request.
    if (!course.wentOn) memory.set(values, { decision, lastRule: on.lastRule });
    return decision;
  };
}

interface Remembered {
  readonly decision: Decision;
  readonly lastRule: Evaluation['lastRule'];
}

type ValueOf = (on: Evaluation) => string | undefined;

/** What a frontend reads of a request, as one string; undefined when the decision is not worth remembering. */
function keyOf({ engine, reads, pure, requestRules, redirects, useBackends }: Frontend): ValueOf | undefined {
  // What rules in mode tcp read may have to be waited for.
  if (engine === 'tcp') return undefined;
  const rules = requestRules.length + redirects.length + useBackends.length;
  const values = reads.map(valueOf);
  if (!pure || rules < WORTH || values.length > MAX_READS || !values.every((value) => value !== undefined))
    return undefined;
  return (on) => {
    let key = '';
    for (const value of values) {
      const part = value(on);
      if (part === undefined || part.length > MAX_KEY) return undefined;
      key += part;
    }
    return key.length > MAX_KEY ? undefined : key;
  };
}

/** The value of a read when it is one short string. A repeated header has none. */
function valueOf(read: Read): ValueOf | undefined {
  if (read === 'method') return (on) => counted(on.request.method);
  if (read === 'version') return (on) => counted(on.request.version);
  if (!read.startsWith('header:')) return undefined;
  const name = read.slice('header:'.length);
  return (on) => {
    const lines = on.request.header(name);
    if (lines.length > 1) return undefined;
    const [line] = lines;
    return line === undefined ? '-' : counted(line);
  };
}

/** A length prefix, so that different parts can never form the same key. */
function counted(part: string): string {
  return `${part.length}:${part}`;
}
