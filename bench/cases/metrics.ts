import { requests } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const plain = rowsOf(['router', 'router-before', 'haproxy']);

/** The statistics page and metrics that are scraped every second, and neither. */
export const metrics: Case = {
  title: 'Statistics and metrics',
  item: 'request',
  requests: 'browser',
  origin: 'files',
  rows: [
    ...plain,
    ...rowsOf(['router', 'haproxy'], { watched: true }).map(({ peer, ...row }) => ({
      ...row,
      name: `${row.name}, watched`,
      ...(peer === undefined ? {} : { peer: `${peer}, watched` }),
    })),
  ],
  loads: [{ name: '64 connections', run: wrk({ connections: 64, requests: requests('browser') }) }],
  verify: answers({}),
};
