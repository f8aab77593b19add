import { basicChallenge } from './challenge.ts';
import { errorAnswer } from '../http/error-answers.ts';
import { passwordChecker } from '../http/basic-credentials.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { StatsPage } from '../model/service.ts';
import type { Condition, RequestOutcome, RequestRule } from '../model/snapshot.ts';
import type { Read } from '../model/values.ts';
import { pathAndQuery } from '../sample/target.ts';

const READS: readonly Read[] = ['method', 'target'];

/**
 * The `stats` lines of a proxy as rules, which run after its `http-request` rules and before `redirect`, as in HAProxy: first those of
 * `stats http-request`, then the password, then the page. None of them sees a request for anything else.
 */
export function statsRules(page: StatsPage, own: readonly RequestRule[]): readonly RequestRule[] {
  const asked = (on: Evaluation): boolean => isForPage(on, page.uri);
  const { at, users } = page;
  const served: RequestOutcome = { kind: 'service', service: { kind: 'stats', page } };
  const login = users.length === 0 ? [] : [loginRule(page)];
  const last = { at, text: `stats uri ${page.uri}`, when: undefined, act: () => served, reads: [] };
  // `allow` ends the rules of HAProxy's list, and the page is what comes next.
  const rules = own.map((rule) => ({
    ...rule,
    act: (on: Evaluation): RequestOutcome => {
      const outcome = rule.act(on);
      return outcome.kind === 'allow' ? served : outcome;
    },
  }));
  return [...rules, ...login, last].map((rule) => ({
    ...rule,
    when: both(asked, rule.when),
    reads: [...READS, ...rule.reads],
  }));
}

/** Whether a request is for the page at this address: it begins with it, and its method is one that pages have. */
function isForPage({ request: { method, target } }: Evaluation, uri: string): boolean {
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return false;
  return (uri.startsWith('/') ? (pathAndQuery(target) ?? '') : target).startsWith(uri);
}

/** `stats auth USER:PASSWORD`. */
function loginRule({ at, users, realm }: StatsPage): RequestRule {
  const isUser = passwordChecker(users);
  const { headers, ...plain } = errorAnswer(401);
  const challenge = ['www-authenticate', basicChallenge(realm)] as const;
  const refused: RequestOutcome = {
    kind: 'respond',
    state: 'P',
    answer: { ...plain, headers: [...headers, challenge] },
  };
  const granted: RequestOutcome = { kind: 'continue' };
  return {
    at,
    text: `stats auth ${users.map(({ name }) => name).join(', ')}`,
    when: undefined,
    reads: ['header:authorization'],
    act: ({ request }) => {
      const [value, ...more] = request.header('authorization');
      return value !== undefined && more.length === 0 && isUser(value) ? granted : refused;
    },
  };
}

function both(first: (on: Evaluation) => boolean, second: Condition | undefined): Condition {
  if (second === undefined) return first;
  const { outline } = second;
  return Object.assign((on: Evaluation) => first(on) && second(on), outline === undefined ? {} : { outline });
}
