import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const plain = rowsOf(['router', 'haproxy']);

/** `option httplog` over UDP to a receiver, to standard output with a reader on the core of the load, and not at all. */
export const accessLog: Case = {
  title: 'The access log',
  item: 'request',
  origin: 'files',
  rows: [
    ...plain,
    ...plain.map(
      ({ name, contender }) => ({ name: `${name}, log over UDP`, contender, place: { logged: 'udp' } }) as const,
    ),
    ...plain.map(
      ({ name, contender }) => ({ name: `${name}, log stdout`, contender, place: { logged: 'stdout' } }) as const,
    ),
  ],
  loads: [{ name: '64 connections', run: wrk({ connections: 64 }) }],
  verify: answers({}),
};
