import { requests } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { down100m } from './bodies.ts';
import { rowsOf } from './rows.ts';
import { small } from './small.ts';

const rows = rowsOf(['router-tcp', 'haproxy-tcp']);

/** Each on a connection of its own, from the client to the server. */
const closing = requests('browser').map((head) =>
  head.replace(/\r\nConnection: [^\r]*/i, '').replace(/\r\n/, '\r\nConnection: close\r\n'),
);

export const tcpBulk: Case = { ...down100m, title: '100 MB through mode tcp, without splice', rows };

export const tcpConnections: Case = {
  ...small,
  title: 'Connections through mode tcp, each with one small answer',
  item: 'connection',
  rows,
  loads: [{ name: '64 connections', run: wrk({ connections: 64, requests: closing }) }],
};
