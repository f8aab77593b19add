import { FILES } from '../origin.ts';
import { requests } from '../load/requests.ts';
import type { RequestOptions } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import { download, upload } from '../load/transfer.ts';
import type { Case, NamedLoad } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

const rows = rowsOf([
  'router',
  'haproxy',
  'nginx',
  'pipe',
  'http-proxy',
  'terminator',
  'terminator-before',
  'stunnel',
  'hitch',
  'pipeline',
  'stunnel+haproxy',
]);

/** wrk's requests, counted in gigabytes. */
function inGigabytes(size: number, options: RequestOptions): NamedLoad {
  const run = wrk({ connections: 16, requests: requests('browser', options) });
  return {
    name: '16 connections',
    run: async (reach, seconds) => {
      const load = await run(reach, seconds);
      return { ...load, items: (load.items * size) / 1e9 };
    },
  };
}

/** Few enough that their bodies stay in the processor's caches. */
const UPLOADS = 97;

export const down64k: Case = {
  title: 'Answers of 64 kB',
  item: 'GB',
  requests: 'browser',
  origin: 'files',
  rows,
  loads: [inGigabytes(FILES['64k'], { path: '/64k' })],
  verify: answers({ path: '/64k', answer: FILES['64k'] }),
};

export const up64k: Case = {
  title: 'Requests of 64 kB',
  item: 'GB',
  requests: 'browser',
  origin: 'program',
  rows,
  loads: [inGigabytes(FILES['64k'], { upload: FILES['64k'], count: UPLOADS })],
  verify: answers({ upload: FILES['64k'] }),
};

export const down100m: Case = {
  title: 'Answers of 100 MB',
  item: 'GB',
  requests: 'irrelevant',
  origin: 'files',
  rows,
  loads: [{ name: 'one after the other', run: download }],
  verify: answers({ path: '/100m', answer: FILES['100m'] }),
};

export const up100m: Case = {
  title: 'Requests of 100 MB',
  item: 'GB',
  requests: 'irrelevant',
  origin: 'program',
  rows,
  loads: [{ name: 'one after the other', run: upload }],
  verify: answers({ upload: FILES['100m'] }),
};

/** 1,000 bytes in ten chunks. */
export const chunked: Case = {
  title: 'Chunked answers',
  item: 'request',
  requests: 'browser',
  origin: 'program',
  rows: rowsOf(['router', 'haproxy', 'nginx', 'pipe', 'router-http-proxy', 'http-proxy']),
  loads: [
    { name: '64 connections', run: wrk({ connections: 64, requests: requests('browser', { path: '/chunked' }) }) },
  ],
  verify: answers({ path: '/chunked', answer: 1000 }),
};
