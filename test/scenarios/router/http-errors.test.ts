/** Error pages of the configuration's own, beside HAProxy. */
import { test } from 'node:test';
import { beside } from '../../support/beside.ts';
import { ENGINES } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';
import { TempDir } from '../../support/temp.ts';

/** Without the field of the connection, and the others in one order. */
function normal(message: string): string {
  const end = message.indexOf('\r\n\r\n');
  const [first = '', ...fields] = message.slice(0, Math.max(end, 0)).split('\r\n');
  const kept = fields.filter((line) => !line.startsWith('connection:')).toSorted();
  return [first, ...kept].join('\r\n') + message.slice(Math.max(end, 0));
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

for (const engine of ENGINES)
  test(
    `engine ${engine}: error pages are those of the proxy, of a set, or of the rule, as in HAProxy`,
    { skip: missing('haproxy'), timeout: 120_000 },
    async (t) => {
      const dir = new TempDir(t);
      const file = (code: number): string =>
        dir.write(
          `${code}.http`,
          `HTTP/1.1 ${code} Site\r\nX-Site: ${code}\r\nConnection: close\r\nContent-Length: 4\r\n\r\nsite`,
        );
      const text = dir.write('page.txt', 'a file, %[path]\n');
      const set = [400, 403, 503].map((code) => `errorfile ${code} ${file(code)}`);
      const paths = [
        'deny404',
        'deny500',
        'deny429',
        'deny403',
        'deny410',
        'deny401',
        'auth',
        'ret503',
        'retdef',
        'denyf',
        'denyd',
        'denydh',
        'dead',
        'quiet',
        'own502',
        'own504',
      ];
      await beside(t, {
        engine,
        logs: true,
        requests: {
          ...Object.fromEntries(paths.map((path) => [path, get(`/${path}`)])),
          'no request': 'hello\r\n\r\n',
          HEAD: 'HEAD /deny404 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        },
        parts: {
          defaults: ['http-error status 504 content-type text/plain string "from defaults"'],
          frontend: [
            'errorfile 500 /dev/null',
            'http-error status 404 content-type text/plain lf-string "lf %[path] %[src]"',
            'http-error status 429 content-type text/plain string "fixed" hdr X-A %[path]',
            `http-error status 502 content-type text/plain lf-file ${text}`,
            'http-error status 410',
            'http-error status 401 hdr X-B only',
            'http-error status 400 content-type text/plain lf-string "bad %[path]"',
            'errorfiles site 403 503',
            ...[404, 500, 429, 403, 410].map(
              (code) => `http-request deny deny_status ${code} if { path /deny${code} }`,
            ),
            'http-request deny deny_status 401 hdr X-C more if { path /deny401 }',
            'http-request auth if { path /auth }',
            'http-request return status 503 errorfiles site if { path /ret503 }',
            'http-request return status 404 default-errorfiles if { path /retdef }',
            'http-request deny deny_status 403 errorfiles site if { path /denyf }',
            'http-request deny default-errorfiles if { path /denyd }',
            'http-request deny deny_status 404 default-errorfiles hdr X-Q q if { path /denydh }',
            'http-request deny deny_status 502 if { path /own502 }',
            'http-request deny deny_status 504 if { path /own504 }',
            'use_backend dead if { path /dead }',
            'use_backend quiet if { path /quiet }',
          ],
          backends: {
            dead: ['http-error status 503 content-type text/plain string "backend 503"'],
            quiet: ['errorfile 503 /dev/null'],
          },
          sections: { 'http-errors site': set },
        },
        normal,
      });
    },
  );

for (const engine of ENGINES)
  test(
    `engine ${engine}: monitor-uri is answered 503 while 'monitor fail' holds, as in HAProxy`,
    { skip: missing('haproxy'), timeout: 120_000 },
    async (t) => {
      await beside(t, {
        engine,
        requests: {
          fine: get('/alive?x'),
          failing: 'GET /alive HTTP/1.1\r\nHost: a\r\nX-Fail: 1\r\nConnection: close\r\n\r\n',
          'failing too': 'GET /alive HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n',
          alive: get('/alive'),
        },
        parts: {
          frontend: [
            'monitor-uri /alive',
            'acl failing req.hdr(x-fail) -m found',
            'monitor fail if failing',
            'monitor fail unless { req.hdr(host) a }',
          ],
        },
        normal,
      });
    },
  );
