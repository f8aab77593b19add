import { requests } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import type { Case, Row } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const plain = rowsOf(['router', 'haproxy']);

function logging(title: string, logged: 'udp' | 'stdout'): readonly Row[] {
  return plain.map(({ name, contender, peer }) => ({
    name: `${name}, ${title}`,
    contender,
    ...(peer === undefined ? {} : { peer: `${peer}, ${title}` }),
    place: { logged },
  }));
}

/** `option httplog` over UDP to a receiver, to standard output with a reader on the core of the load, and not at all. */
export const accessLog: Case = {
  title: 'The access log',
  item: 'request',
  requests: 'browser',
  origin: 'files',
  rows: [...plain, ...logging('log over UDP', 'udp'), ...logging('log stdout', 'stdout')],
  loads: [{ name: '64 connections', run: wrk({ connections: 64, requests: requests('browser') }) }],
  verify: answers({}),
};
