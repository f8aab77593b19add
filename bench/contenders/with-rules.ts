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

/** Ten edits of heads, as in front of most applications: half of them to requests, half to responses. */
export const EDITS = [
  'http-request set-header X-Forwarded-Proto https',
  'http-request set-header X-Real-IP %[src]',
  'http-request set-header X-Forwarded-Host %[req.hdr(host)]',
  'http-request del-header X-Forwarded-User',
  'http-request replace-header Referer ^https://([^/]*)/.* \\1',
  'http-response set-header Strict-Transport-Security max-age=31536000',
  'http-response set-header X-Content-Type-Options nosniff',
  'http-response set-header X-Frame-Options DENY',
  'http-response add-header Vary Accept-Encoding',
  'http-response del-header Server',
];

export const routerLimit = router('router with a limit', LIMIT);
export const haproxyLimit = haproxy('HAProxy with a limit', LIMIT);
export const routerEdits = router('router with ten edits', EDITS);
export const haproxyEdits = haproxy('HAProxy with ten edits', EDITS);

/** The router with these rules in its frontend. */
function router(title: string, frontend: readonly string[]): Contender {
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'router.cfg': haproxyConfig(place, { frontend }) },
        command: [...ours('router'), '-f', join(place.directory, 'router.cfg')],
      },
    ],
  };
}

/** The same of HAProxy. */
function haproxy(title: string, frontend: readonly string[]): Contender {
  return {
    title,
    needs: ['haproxy'],
    compiles: false,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'haproxy.cfg': haproxyConfig(place, { frontend }) },
        command: ['haproxy', '-db', '-f', join(place.directory, 'haproxy.cfg')],
      },
    ],
  };
}
