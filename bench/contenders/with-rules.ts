import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { ours } from './ours.ts';

/** A limit per address that is never reached: what each request costs is that it is counted and compared. */
const LIMIT = [
  'stick-table type ip size 100k expire 30s store http_req_rate(10s)',
  'http-request track-sc0 src',
  'http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100000000 }',
];

export const routerLimit: Contender = {
  title: 'router with a limit',
  needs: [],
  compiles: true,
  tls: false,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'router.cfg': haproxyConfig(place, { frontend: LIMIT }) },
      command: [...ours('router'), '-f', join(place.directory, 'router.cfg')],
    },
  ],
};

export const haproxyLimit: Contender = {
  title: 'HAProxy with a limit',
  needs: ['haproxy'],
  compiles: false,
  tls: false,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'haproxy.cfg': haproxyConfig(place, { frontend: LIMIT }) },
      command: ['haproxy', '-db', '-f', join(place.directory, 'haproxy.cfg')],
    },
  ],
};
