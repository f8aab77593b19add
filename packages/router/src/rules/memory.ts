import type { Frontend } from '../model/snapshot.ts';
import type { Decision } from '../model/decision.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Read } from '../model/values.ts';
import { Recent } from '../http/recent.ts';
import { chosenBackend, type Choice } from './chosen-backend.ts';
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
export function decisionsOf(frontend: Frontend, backends: Choice['backends']): (on: Evaluation) => Decision {
  const choice = { backends, config: frontend };
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
    if (!course.wentOn) memory.set(own(values), { decision: found(decision, choice), lastRule: on.lastRule });
    return decision;
  };
}

/** With the backend itself: its name would have to be looked up for each request. */
function found(decision: Decision, choice: Choice): Decision {
  return decision.kind === 'backend' ? { ...decision, backend: chosenBackend(decision, choice) } : decision;
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
  const [only] = values;
  if (values.length === 1 && only !== undefined) return (on) => short(only(on));
  return (on) => {
    let key = '';
    for (const value of values) {
      const part = short(value(on));
      if (part === undefined) return undefined;
      // A length before each, so that different parts can never form the same key.
      key += `${part.length}:${part}`;
    }
    return short(key);
  };
}

function short(text: string | undefined): string | undefined {
  return text === undefined || text.length > MAX_KEY ? undefined : text;
}

/** A copy: a value may be a piece of a whole head, which the memory must not keep. */
function own(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}

/** Instead of a header that is not there: no header says this. */
const ABSENT = '\0';

/** The value of a read when it is one short string. A repeated header has none. */
function valueOf(read: Read): ValueOf | undefined {
  if (read === 'method') return (on) => on.request.method;
  if (read === 'version') return (on) => on.request.version;
  if (!read.startsWith('header:')) return undefined;
  const name = read.slice('header:'.length);
  return (on) => {
    const lines = on.request.header(name);
    if (lines.length > 1) return undefined;
    const [line] = lines;
    return line ?? ABSENT;
  };
}
