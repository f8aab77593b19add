/** Shared by the tests of checks/ and config/check/: follows a script without sockets. */
import { IMPLICIT_CONNECT } from '../model/check.ts';
import type { CheckEvaluation, CheckScript, StepPlace, Verdict } from '../model/check.ts';
import { evaluationOf } from './evaluation.ts';
import { expectResponse } from './expect-http.ts';
import { NO_OPTIONS } from './expect.ts';
import type { ProbeDeps } from './probe.ts';
import { requestBytes, USUAL_REQUEST } from './request.ts';

/** What expressions may read in tests: a world without time and chance, and no variables. */
export const facts: ProbeDeps['facts'] = () => ({
  world: {
    now: () => 0,
    random: () => 0,
    pid: 1,
    hostname: 'lb1',
    processes: 1,
    process: 1,
    zone: () => ({ offset: 0, name: 'UTC' }),
  },
  variables: () => undefined,
});

function place(number: number): StepPlace {
  return { number, comment: undefined, remark: undefined };
}

/** `option httpchk`: a request, then a status of 2xx or 3xx. */
export const HTTP_SCRIPT: CheckScript = {
  kind: 'http',
  steps: [
    { ...IMPLICIT_CONNECT, ...place(0) },
    { ...place(1), kind: 'send', bytes: (on) => requestBytes(USUAL_REQUEST, on, false) },
    {
      ...place(2),
      ...expectResponse({ on: 'status', matches: (status) => status >= 200 && status < 400 }, NO_OPTIONS),
    },
  ],
};

export interface Rehearsal {
  readonly sent: readonly string[];
  /** Of the last expectation that was judged. */
  readonly verdict: Verdict | undefined;
}

/** The server greets with `greeting` and answers each question with the next of `answers`, then closes. */
export function rehearse(script: CheckScript, answers: readonly string[], greeting = ''): Rehearsal {
  let received = greeting;
  const on: CheckEvaluation = evaluationOf(
    facts(),
    { address: 'app:80', state: () => 'UP', leavesOn404: false },
    () => received,
  );
  const rest = [...answers];
  const sent: string[] = [];
  let verdict: Verdict | undefined;
  for (const step of script.steps) {
    if (step.kind === 'run') step.run(on);
    if (step.kind === 'send') {
      sent.push(step.bytes(on) ?? '');
      received = rest.shift() ?? '';
    }
    if (step.kind === 'expect') {
      verdict = step.judge({ text: received, complete: true }, on, step);
      if (verdict?.passed !== true) break;
    }
  }
  return { sent, verdict };
}
