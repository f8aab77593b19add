/** What a step of a health check expects of the bytes received, and what it says when they are not it (HAProxy: `tcp-check expect`). Pure. */
import type { CheckEvaluation, CheckStatus, ExpectStep, Received, StepPlace, Verdict } from '../model/check.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { printable, withComment } from './words.ts';

/** What every `expect` may say besides its pattern. */
export interface ExpectOptions {
  /** `!`: the pattern must not match. */
  readonly negated: boolean;
  /** Bytes to wait for; -1: go on waiting while there is no match, 0: what has come decides. */
  readonly minRecv: number;
  readonly okStatus: CheckStatus | undefined;
  readonly errorStatus: CheckStatus | undefined;
  readonly timeoutStatus: ExpectStep['timeoutStatus'];
  readonly onSuccess: ((on: Evaluation) => string) | undefined;
  readonly onError: ((on: Evaluation) => string) | undefined;
  readonly statusCode: ((on: Evaluation) => number | undefined) | undefined;
}

export const NO_OPTIONS: ExpectOptions = {
  negated: false,
  minRecv: -1,
  okStatus: undefined,
  errorStatus: undefined,
  timeoutStatus: 'L7TOUT',
  onSuccess: undefined,
  onError: undefined,
  statusCode: undefined,
};

/** A test of the bytes received. `least`: bytes without which it cannot match. A text: why the pattern could not be made. */
export interface Pattern {
  /** In the message of a time limit: `string '+OK'`, `binary regex`. */
  readonly what: string;
  /** In the message of a failure: ` '+OK'`, ` (regex)`. */
  readonly shown: string;
  readonly least: (on: Evaluation) => number;
  readonly matches: (text: string, on: Evaluation) => boolean | string;
}

/** The statuses that HAProxy prints a code with. */
const WITH_CODE: ReadonlySet<CheckStatus> = new Set(['L7OK', 'L7OKC', 'L7STS']);
const PASSED: ReadonlySet<CheckStatus> = new Set(['L4OK', 'L6OK', 'L7OK', 'L7OKC']);

/** A verdict by its status, with a code where the status has one. `info` may hold what the server sent. */
export function verdict(status: CheckStatus, info: string, code = 0): Verdict {
  return {
    passed: PASSED.has(status),
    status,
    code: WITH_CODE.has(status) ? code : undefined,
    info: printable(info),
  };
}

/** `tcp-check expect`: the bytes received so far match, or must not. `own`: a check of our own or a protocol's, whose success says nothing. */
export function expectBytes(
  pattern: Pattern,
  options: ExpectOptions,
  quiet = false,
): Omit<ExpectStep, keyof StepPlace> {
  const { negated, minRecv } = options;
  return {
    kind: 'expect',
    what: pattern.what,
    timeoutStatus: options.timeoutStatus,
    judge({ text, complete }: Received, on: CheckEvaluation, step: StepPlace) {
      const failure = (info: string): Verdict => failed(options, 'L7RSP', withComment(info, step), on);
      if (!complete && (text.length < pattern.least(on) || (minRecv > 0 && text.length < minRecv))) return undefined;
      if (text === '') return failure(`TCPCHK got an empty response at step ${step.number}`);
      const matches = pattern.matches(text, on);
      if (typeof matches === 'string') return failure(matches);
      if (!matches && !complete && minRecv === -1) return undefined;
      if (matches !== negated) return succeeded(options, on, quiet ? '' : '(tcp-check)');
      if (options.onError !== undefined) return failure(options.onError(on));
      if (quiet) return failure('');
      const what = negated ? 'TCPCHK matched unwanted content' : 'TCPCHK did not match content';
      return failure(`${what}${pattern.shown} at step ${step.number}`);
    },
  };
}

export function succeeded(options: ExpectOptions, on: CheckEvaluation, info: string, code?: number): Verdict {
  return verdict(options.okStatus ?? 'L7OK', options.onSuccess?.(on) ?? info, options.statusCode?.(on) ?? code);
}

export function failed(
  options: ExpectOptions,
  usual: CheckStatus,
  info: string,
  on: CheckEvaluation,
  code?: number,
): Verdict {
  const status = options.errorStatus ?? usual;
  return verdict(status, info, options.statusCode?.(on) ?? code);
}
