import { APPLICATIONS } from '../contenders/applications.ts';
import { requests } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

/** Two or three requests per host, shuffled, so that consecutive requests have different hosts. */
const differing = requests('browser', { hosts: APPLICATIONS, count: 2003 });

export const applications: Case = {
  title: `${APPLICATIONS.length} applications: as many hosts, rules and backends`,
  item: 'request',
  requests: 'browser',
  origin: 'files',
  rows: rowsOf(['router-applications', 'haproxy-applications', 'haproxy-map', 'router-two', 'haproxy-two']),
  loads: [{ name: '64 connections', run: wrk({ connections: 64, requests: differing }) }],
  verify: async (reach) => {
    for (const host of [APPLICATIONS[0], APPLICATIONS[499], APPLICATIONS[999]])
      if (host !== undefined) await answers({ host })(reach);
  },
};
