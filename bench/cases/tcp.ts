import { FILES } from '../origin.ts';
import { requests } from '../load/requests.ts';
import { download } from '../load/transfer.ts';
import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const rows = rowsOf(['router-tcp', 'haproxy-tcp']);

/** Each on a connection of its own, from the client to the server. */
const closing = requests('browser').map((head) =>
  head.replace(/\r\nConnection: [^\r]*/i, '').replace(/\r\n/, '\r\nConnection: close\r\n'),
);

export const tcpBulk: Case = {
  title: '100 MB through mode tcp, without splice',
  item: 'GB',
  requests: 'irrelevant',
  origin: 'files',
  rows,
  loads: [{ name: 'one after the other', run: download }],
  verify: answers({ path: '/100m', answer: FILES['100m'] }),
};

export const tcpConnections: Case = {
  title: 'Connections through mode tcp, each with one small answer',
  item: 'connection',
  requests: 'browser',
  origin: 'files',
  rows,
  loads: [{ name: '64 connections', run: wrk({ connections: 64, requests: closing }) }],
  verify: answers({}),
};
