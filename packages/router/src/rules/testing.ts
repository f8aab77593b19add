/** Shared by the tests of acl/, rules/ and explain/: builds a frontend from lines of text, and a request from a few words. */
import { splitWords } from '@headgate/shared/config/words';
import { formatProblem, Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import { writtenRequest } from '../http/written-request.ts';
import { AclScope } from '../acl/scope.ts';
import type { Frontend, RequestRule, UseBackend } from '../model/snapshot.ts';
import type { Evaluation, World } from '../model/evaluation.ts';
import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';
import { frontendConfig } from '../model/testing.ts';
import type { Typed } from '../model/values.ts';
import { isPure } from '../sample/phase.ts';
import { readsOf } from './reads.ts';
import { indexed } from './rule-index.ts';
import {
  compileAfterResponse,
  compileConnectionRule,
  compileContentRule,
  compileHttpRequest,
  compileHttpResponse,
  compileRedirect,
  compileSessionRule,
  compileUseBackend,
} from './compile.ts';

export interface Wanted {
  readonly method?: string;
  readonly target?: string;
  readonly version?: '1.0' | '1.1';
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly connection?: Partial<ConnectionFacts>;
}

const HERE = { address: '127.0.0.1', port: 80 };
const THERE = { address: '127.0.0.1', port: 40000 };

export function connectionOf(connection: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return { peer: THERE, client: THERE, local: HERE, destination: HERE, proxied: false, tls: undefined, ...connection };
}

export function requestOf({
  method = 'GET',
  target = '/',
  version = '1.1',
  headers = [],
  connection,
}: Wanted = {}): RequestFacts {
  return writtenRequest(connectionOf(connection), { method, target, version, fields: headers });
}

/** A world with a fixed time and fixed random numbers, unless overridden. */
export function worldOf(world: Partial<World> = {}): World {
  return {
    now: () => 1_700_000_000_123_456,
    random: () => 0.5,
    hostname: 'box',
    pid: 1234,
    processes: 1,
    process: 1,
    zone: () => ({ offset: 0, name: 'UTC' }),
    ...world,
  };
}

/** What a request is evaluated on. */
export function evaluationOf(wanted: Wanted = {}, more: Partial<Evaluation> = {}): Evaluation {
  const request = requestOf(wanted);
  const held = new Map<string, Typed>();
  return {
    request,
    connection: request.connection,
    world: worldOf(),
    variables: {
      get: (name) => held.get(name),
      set: (name, value) => void held.set(name, value),
      unset: (name) => void held.delete(name),
    },
    ...more,
  };
}

export function wordsOf(text: string, line = 1): readonly Word[] {
  return splitWords(text, { file: 'test.cfg', line, column: 1 }).words;
}

function statementOf(text: string, line = 1): Statement {
  const [first, ...rest] = wordsOf(text, line);
  if (first === undefined) throw new Error(`no words in '${text}'`);
  return { words: [first, ...rest] };
}

/** A compiled frontend and the problems reported for its lines. */
export interface Compiled {
  readonly frontend: Frontend;
  readonly problems: readonly string[];
}

/** Compiles `acl`, `redirect`, `http-request`, `use_backend`, `default_backend` and `tcp-request` lines into a frontend. */
export function frontendOf(text: string, files: Readonly<Record<string, string>> = {}): Compiled {
  const problems = new Problems();
  const scope = new AclScope(problems, { readFile: (path) => files[path] });
  const contentRules: RequestRule[] = [];
  const requestRules: RequestRule[] = [];
  const redirects: RequestRule[] = [];
  const responseRules: RequestRule[] = [];
  const afterResponseRules: RequestRule[] = [];
  const useBackends: UseBackend[] = [];
  const connectionRules: RequestRule[] = [];
  const sessionRules: RequestRule[] = [];
  let defaultBackend: string | undefined;
  const keep = <Rule>(rules: Rule[], rule: Rule | undefined): void => {
    if (rule !== undefined) rules.push(rule);
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (wordsOf(line).length === 0) continue;
    const statement = statementOf(line, index + 1);
    switch (statement.words[0].text) {
      case 'acl':
        scope.define(statement);
        break;
      case 'redirect':
        keep(redirects, compileRedirect(statement, scope, problems));
        break;
      case 'http-request':
        keep(requestRules, compileHttpRequest(statement, scope, problems));
        break;
      case 'http-response':
        keep(responseRules, compileHttpResponse(statement, scope, problems));
        break;
      case 'http-after-response':
        keep(afterResponseRules, compileAfterResponse(statement, scope, problems));
        break;
      case 'use_backend':
        keep(useBackends, compileUseBackend(statement, scope, problems));
        break;
      case 'tcp-request':
        if (statement.words[1]?.text === 'content') keep(contentRules, compileContentRule(statement, scope, problems));
        else if (statement.words[1]?.text === 'session')
          keep(sessionRules, compileSessionRule(statement, scope, problems));
        else keep(connectionRules, compileConnectionRule(statement, scope, problems));
        break;
      case 'default_backend':
        defaultBackend = statement.words[1]?.text;
        break;
      default:
        throw new Error(`not for this test: ${line}`);
    }
  }
  const reads = readsOf([...contentRules, ...requestRules, ...redirects, ...useBackends]);
  const frontend = frontendConfig({
    contentRules: indexed(contentRules),
    requestRules: indexed(requestRules),
    redirects: indexed(redirects),
    responseRules,
    afterResponseRules,
    connectionRules,
    sessionRules,
    useBackends: indexed(useBackends),
    defaultBackend,
    reads,
    pure: isPure(reads),
  });
  return { frontend, problems: problems.list.map(formatProblem) };
}
