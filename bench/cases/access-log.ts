import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const plain = rowsOf(['router', 'haproxy']);

/** `option httplog` over UDP to a receiver on the core of the load, and without. */
export const accessLog: Case = {
  title: 'The access log over UDP',
  item: 'request',
  origin: 'files',
  rows: [...plain, ...plain.map(({ name, contender }) => ({ name: `${name}, access log`, contender, place: { logged: true } }))],
  loads: [{ name: '64 connections', run: wrk({ connections: 64 }) }],
  verify: answers({}),
};
