import { haproxyWith } from './haproxy.ts';
import { router } from './router.ts';

/** A limit per address that is never reached: what each request costs is that it is counted and compared. */
export const LIMIT = [
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
export const haproxyLimit = haproxyWith('HAProxy with a limit', LIMIT);
export const routerEdits = router('router with ten edits', EDITS);
export const haproxyEdits = haproxyWith('HAProxy with ten edits', EDITS);
