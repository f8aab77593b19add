import { sharesCookies } from '../backend/persistence/cacheable.ts';
import { answerFacts, editedAnswer } from '../http/answer-facts.ts';
import { errorAnswer } from '../http/error-answers.ts';
import type { HeadEdits } from '../http/head-edits.ts';
import { WireResponse } from '../http/response-facts.ts';
import type { Answer } from '../model/answer.ts';
import type { Decision } from '../model/decision.ts';
import type { Rejection } from '../model/outcome.ts';
import type { BodySource } from '../model/facts.ts';
import type { Proxy } from '../model/snapshot.ts';
import { decideAfterResponse, decideResponse, decideResponseContent } from '../rules/evaluate.ts';
import { countAnswer, countRejected, countReplaced } from './accounts.ts';
import { captureResponseCookie } from './capture.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** The result of the rules for a server's response: it is forwarded with their edits, or replaced by another answer. */
export type Judgement =
  | { readonly kind: 'pass'; readonly edits: HeadEdits | undefined }
  | { readonly kind: 'replace'; readonly answer: Answer; readonly state: string }
  /** Rules have stopped for its body: `resume` goes on when that is here. */
  | { readonly kind: 'wait'; readonly resume: () => Judgement }
  /** Nothing goes to the client; `state` is the termination state's two letters. */
  | { readonly kind: 'drop'; readonly state: string };

/** Applies the rules on responses, and counts what they leave of it. */
export function judgeAnswer(
  exchange: ExchangeRecord,
  head: WireResponse['head'],
  body: BodySource,
): Judgement | undefined {
  const judged = judge(exchange, head, body);
  if (!endsContents(judged)) countAnswer(exchange, head.status);
  return judged;
}

/**
 * Applies `http-response` rules, the cookie of the backend, then `http-after-response` rules to the head of a server's response;
 * undefined without any of them.
 */
function judge(exchange: ExchangeRecord, head: WireResponse['head'], body: BodySource): Judgement | undefined {
  const { context, backendConfig, affinity, server } = exchange;
  const { config, global } = context;
  if (server !== undefined) exchange.bodyReader = affinity?.readsBody(exchange, head.status, server);
  const ruled =
    judges(config) ||
    (backendConfig !== undefined &&
      (judges(backendConfig) || backendConfig.responseContentRules.length > 0 || backendConfig.checkCache));
  if (!ruled && affinity?.judgesAnswers !== true) {
    captureResponseCookie(exchange.captures, head);
    return undefined;
  }
  const response = new WireResponse(head, global.maxEditedBytes, body);
  exchange.response = response;
  if (server !== undefined) affinity?.stuck(exchange, server);
  const content = backendConfig === undefined ? undefined : decideResponseContent(backendConfig, exchange);
  if (content?.kind === 'reject') return dropped(exchange, 'PD', content);
  if (content?.kind === 'respond') return replaced(exchange, content.answer, content.state);
  return settled(exchange, response, decideResponse(config, backendConfig, exchange));
}

/** Whether a `tcp-response content` rule ended it: as in HAProxy that was no response of its server then. */
function endsContents(judged: Judgement | undefined): boolean {
  return (judged?.kind === 'drop' && judged.state === 'PD') || (judged?.kind === 'replace' && judged.state === 'S');
}

/** What the `http-response` rules said, then what comes after them. */
function settled(exchange: ExchangeRecord, response: WireResponse, decision: Decision | undefined): Judgement {
  const { context, backendConfig, affinity, server } = exchange;
  if (decision?.kind === 'wait') return settledLater(exchange, response, decision.resume);
  if (decision?.kind === 'reject') return dropped(exchange, 'PR', decision, response.head.status);
  if (decision?.kind === 'respond') return replaced(exchange, decision.answer, decision.state);
  captureResponseCookie(exchange.captures, response);
  if (backendConfig?.checkCache === true && leaksCookies(exchange, response))
    return replaced(exchange, errorPage(exchange, 502), 'P');
  if (server !== undefined) affinity?.answered(exchange, response, server, exchange.placement?.bound !== undefined);
  const after = decideAfterResponse(context.config, backendConfig, exchange);
  if (after?.kind === 'respond') return replaced(exchange, after.answer, after.state);
  return { kind: 'pass', edits: response.edits };
}

/** A function of its own: elsewhere what the closure holds would be allocated for each response. */
function settledLater(exchange: ExchangeRecord, response: WireResponse, resume: () => Decision | undefined): Judgement {
  return { kind: 'wait', resume: () => settled(exchange, response, resume()) };
}

/** `option checkcache`. The cookie of our own that is added later is not the server's fault. */
function leaksCookies(exchange: ExchangeRecord, response: WireResponse): boolean {
  const { context, facts, backendName, server } = exchange;
  const { status } = response.head;
  if (!sharesCookies(facts.method, status, (name) => response.header(name))) return false;
  const name = server?.config.name ?? '<dispatch>';
  context.event('err', `Blocking cacheable cookie in response from instance ${backendName}, server ${name}.`);
  return true;
}

/** As HAProxy logs it: what the server sent was no response. */
function replaced(exchange: ExchangeRecord, answer: Answer, state: string): Judgement {
  exchange.responseTime = -1;
  return { kind: 'replace', answer, state };
}

/** As HAProxy logs it: the response came, but not for the client. */
function dropped(exchange: ExchangeRecord, state: string, { by }: Rejection, status = -1): Judgement {
  if (by === 'drop') countRejected(exchange, by);
  else countReplaced(exchange, 'P');
  exchange.status = status;
  exchange.responseTime = -1;
  return { kind: 'drop', state };
}

/** The answer for a status: an `errorfile` of the backend or the frontend, or the built-in page. */
export function errorPage(exchange: ExchangeRecord, status: number): Answer {
  const { backendConfig, context } = exchange;
  const page =
    backendConfig?.errorAnswers.get(status) ?? context.config.errorAnswers.get(status) ?? errorAnswer(status);
  return typeof page === 'function' ? page(exchange) : page;
}

/** What the path of `monitor-uri` is answered with. */
export function monitorPage(exchange: ExchangeRecord): Answer {
  const failing = exchange.context.config.monitorFail?.some((holds) => holds(exchange)) === true;
  return errorPage(exchange, failing ? 503 : 200);
}

/** A generated answer after the `http-after-response` rules. */
export function lastWord(exchange: ExchangeRecord, answer: Answer): Answer {
  const { context, backendConfig } = exchange;
  const { config, global } = context;
  if (config.afterResponseRules.length === 0 && (backendConfig?.afterResponseRules.length ?? 0) === 0) return answer;
  const response = answerFacts(answer, global.maxEditedBytes);
  if (response === undefined) return answer;
  exchange.response = response;
  const after = decideAfterResponse(config, backendConfig, exchange);
  return after?.kind === 'respond' ? after.answer : editedAnswer(answer, response);
}

/** True when the proxy has response rules. */
function judges({ responseRules, afterResponseRules }: Proxy): boolean {
  return responseRules.length > 0 || afterResponseRules.length > 0;
}
