import type { Case, NamedLoad } from '../measure/sample.ts';
import { requests } from '../load/requests.ts';
import type { Requests } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import { answers } from '../verify.ts';
import { PIPELINES, ROUTERS, TERMINATORS, rowsOf } from './rows.ts';

const like = (kind: Exclude<Requests, 'irrelevant'>, connections: number): NamedLoad => ({
  name: connections === 1 ? '1 connection' : `${connections} connections`,
  run: wrk({ connections, requests: requests(kind) }),
});
const [one, some, many] = [1, 64, 1000].map((connections) => like('browser', connections)) as [
  NamedLoad,
  NamedLoad,
  NamedLoad,
];

/** Answers of 100 bytes on connections that stay open. */
export const small: Case = {
  title: "Small answers, differing requests like a browser's",
  item: 'request',
  requests: 'browser',
  origin: 'files',
  rows: [...ROUTERS, ...rowsOf(['direct'])],
  loads: [some, one, many],
  verify: answers({}),
};

const few = rowsOf(['router', 'router-before', 'haproxy', 'nginx', 'pipe']);

export const smallApi: Case = {
  ...small,
  title: "Small answers, differing requests like an API client's",
  requests: 'api',
  rows: few,
  loads: [like('api', 64)],
};

export const smallBare: Case = {
  ...small,
  title: 'Small answers, differing requests with Host alone',
  requests: 'bare',
  rows: few,
  loads: [like('bare', 64)],
};

/** A rate limit per address, which no request exceeds. */
export const limits: Case = {
  ...small,
  title: "A rate limit per client, differing requests like a browser's",
  rows: rowsOf(['router', 'router-limit', 'haproxy', 'haproxy-limit']),
  loads: [some],
};

/** Ten rules that edit heads. */
export const edits: Case = {
  ...small,
  title: "Ten edits of heads, differing requests like a browser's",
  rows: rowsOf(['router', 'router-edits', 'haproxy', 'haproxy-edits']),
  loads: [some],
};

/** What load generators send by default and no application receives: every cache in a program hits. */
export const smallRepeated: Case = {
  ...small,
  title: 'Small answers, one request repeated',
  requests: 'repeated',
  rows: few,
  loads: [like('repeated', 64)],
};

/** Without 1000 connections: their handshakes would be a large part of what is measured. */
export const smallTls: Case = {
  ...small,
  title: 'Small answers over TLS, the terminator alone',
  rows: TERMINATORS,
  loads: [some, one],
};

export const smallPipeline: Case = {
  ...smallTls,
  title: 'Small answers over TLS, the whole pipeline',
  rows: PIPELINES,
};

/** The article's `option httpclose`: a new server connection for each request. */
export const httpclose: Case = {
  ...small,
  title: 'Small answers with option httpclose',
  rows: rowsOf(['router', 'router-before', 'haproxy', 'nginx', 'http-proxy-as-it-comes'], { close: true }),
  loads: [some],
};
