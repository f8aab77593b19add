import type { Case } from '../measure/sample.ts';
import { wrk } from '../load/wrk.ts';
import { answers } from '../verify.ts';
import { PIPELINES, ROUTERS, TERMINATORS, rowsOf } from './rows.ts';

const one = { name: '1 connection', run: wrk({ connections: 1 }) };
const some = { name: '64 connections', run: wrk({ connections: 64 }) };
const many = { name: '1000 connections', run: wrk({ connections: 1000 }) };

/** Answers of 100 bytes on connections that stay open. */
export const small: Case = {
  title: 'Small answers, keep-alive',
  item: 'request',
  origin: 'files',
  rows: ROUTERS,
  loads: [some, one, many],
  verify: answers({}),
};

/** Without the 1000: their handshakes would be a good part of what is measured. */
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

/** The article's `option httpclose`: a connection to the server for each request. */
export const httpclose: Case = {
  ...small,
  title: 'Small answers with option httpclose',
  rows: rowsOf(['router', 'haproxy', 'nginx', 'http-proxy-as-it-comes'], { close: true }),
  loads: [some],
};
