/** What a step of `http-check` expects of a response. Pure. */
import type { CheckEvaluation, ExpectStep, Received, StepPlace, Verdict } from '../model/check.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { ResponseFacts } from '../model/facts.ts';
import { failed, succeeded, verdict } from './expect.ts';
import type { ExpectOptions, Pattern } from './expect.ts';
import { contentOf, readResponse } from './response.ts';
import { withComment } from './words.ts';

/** A reason phrase leaves room for the comment that follows it. */
const REASON_LENGTH = 100;

/** A test of the head, or of the content of the body. */
export type HttpPattern =
  | { readonly on: 'status'; readonly matches: (status: number) => boolean }
  | { readonly on: 'head'; readonly matches: (response: ResponseFacts, on: Evaluation) => boolean | undefined }
  | ({ readonly on: 'body' } & Pattern);

/** `http-check expect`. With `http-check disable-on-404` a 404 of a server that is up asks to be left alone. */
export function expectResponse(pattern: HttpPattern, options: ExpectOptions): Omit<ExpectStep, keyof StepPlace> {
  return {
    kind: 'expect',
    what: pattern.on,
    timeoutStatus: options.timeoutStatus,
    judge(received: Received, on: CheckEvaluation, step: StepPlace) {
      const { text, complete } = received;
      const response = readResponse(text);
      if (response === undefined && !complete && mayBegin(text)) return undefined;
      if (response?.body === -1 && !complete) return undefined;
      if (response === undefined || response.body === -1 || !response.valid)
        return verdict('L7RSP', withComment('', step));
      const { facts } = response;
      if (on.tested.leavesOn404 && facts.status === 404) return verdict('L7OKC', '', 404);
      if (pattern.on === 'body') return judgeBody(pattern, received, response, options, on, step);
      const matches = pattern.on === 'status' ? pattern.matches(facts.status) : pattern.matches(facts, on);
      if (matches !== undefined && matches !== options.negated) return succeeded(options, on, '', facts.status);
      const info =
        matches === undefined
          ? 'log-format string evaluated to an empty string'
          : (options.onError?.(on) ?? facts.reason.slice(0, REASON_LENGTH));
      return failed(options, 'L7STS', withComment(info, step), on, facts.status);
    },
  };
}

/** What has come may be the beginning of a status line. */
function mayBegin(text: string): boolean {
  return !text.includes('\n') && (text.length < 5 || 'HTTP/1.'.startsWith(text.slice(0, 7)));
}

function judgeBody(
  pattern: Pattern,
  received: Received,
  response: NonNullable<ReturnType<typeof readResponse>>,
  options: ExpectOptions,
  on: CheckEvaluation,
  step: StepPlace,
): Verdict | undefined {
  const { negated, minRecv } = options;
  const { content, complete: whole } = contentOf(received.text, response);
  const complete = whole || received.complete;
  const { status } = response.facts;
  const failure = (info: string): Verdict =>
    failed(options, 'L7RSP', withComment(options.onError?.(on) ?? info, step), on, status);
  if (content === '') return complete ? failure('HTTP content check could not find a response body') : undefined;
  if (!complete && (content.length < pattern.least(on) || (minRecv > 0 && content.length < minRecv))) return undefined;
  const matches = pattern.matches(content, on);
  if (typeof matches === 'string') return failure(matches);
  if (!matches && !complete && minRecv === -1) return undefined;
  if (matches !== negated) return succeeded(options, on, '', status);
  return failure(negated ? 'HTTP check matched unwanted content' : 'HTTP content check did not match');
}
