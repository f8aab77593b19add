/** Health checks over TLS: the same file in HAProxy and in ours, and what both log of the first check. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { freePort } from '../../support/ports.ts';
import { startProgram } from '../../support/programs.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { listen } from '../../support/tcp.ts';
import { TempDir } from '../../support/temp.ts';
import { Authority, tlsOrigin } from '../../support/tls-origin.ts';

interface Case {
  readonly lines: readonly string[];
  readonly server: string;
  /** Where reasons are in brackets they are ours. */
  readonly logged: string;
}

interface Ports {
  readonly good: number;
  readonly old: number;
  readonly garbage: number;
  readonly closes: number;
  readonly silent: number;
}

const tcp = (...lines: readonly string[]): readonly string[] => [
  'option tcp-check',
  ...lines.map((line) => `tcp-check ${line}`),
];

function casesFor(ports: Ports, ca: string): Readonly<Record<string, Case>> {
  const at = (name: keyof Ports, words = 'ssl verify none check'): string => `127.0.0.1:${ports[name]} ${words}`;
  const verified = `ssl verify required ca-file ${ca} check`;
  const FAILED = 'failed, reason: Layer6 invalid response, info: "SSL handshake failure';
  return {
    connect: { lines: [], server: at('good'), logged: 'succeeded, reason: Layer6 check passed' },
    verified: {
      lines: [],
      server: at('good', `${verified} check-sni a.test`),
      logged: 'succeeded, reason: Layer6 check passed',
    },
    misnamed: {
      lines: [],
      server: at('good', `${verified} check-sni b.test`),
      logged:
        'failed, reason: Layer6 invalid response, info: "Server presented an SSL certificate different from the expected one',
    },
    expired: { lines: [], server: at('old', verified), logged: FAILED },
    garbage: { lines: [], server: at('garbage'), logged: FAILED },
    closes: { lines: [], server: at('closes'), logged: FAILED },
    silent: { lines: ['timeout connect 300'], server: at('silent'), logged: 'failed, reason: Layer6 timeout' },
    refused: {
      lines: [],
      server: '127.0.0.1:1 ssl verify none check',
      logged: 'failed, reason: Layer4 connection problem, info: "Connection refused"',
    },
    http: {
      lines: ['option httpchk GET /x'],
      server: at('good'),
      logged: 'succeeded, reason: Layer7 check passed, code: 200',
    },
    // An address of their own makes checks plain again.
    elsewhere: {
      lines: [],
      server: at('good', `ssl verify none check port ${ports.good}`),
      logged: 'succeeded, reason: Layer4 check passed',
    },
    forced: {
      lines: [],
      server: at('good', `verify none check check-ssl port ${ports.good}`),
      logged: 'succeeded, reason: Layer6 check passed',
    },
    plain: {
      lines: [],
      server: at('good', 'ssl verify none check no-check-ssl'),
      logged: 'succeeded, reason: Layer4 check passed',
    },
    step: {
      lines: tcp('connect ssl sni a.test alpn http/1.1'),
      server: at('good', 'check verify none'),
      logged: 'succeeded, reason: Layer6 check passed, info: "(tcp-check)"',
    },
    'step-fails': {
      lines: tcp('connect ssl comment why'),
      server: at('garbage', 'check verify none'),
      logged: FAILED,
    },
    'step-hangs': {
      lines: ['timeout connect 300', ...tcp('connect', `connect port ${ports.silent} ssl`)],
      server: at('good', 'check verify none'),
      logged: `failed, reason: Layer6 timeout, info: " at step 2 of tcp-check (connect port ${ports.silent})"`,
    },
    // Of a step that does not say 'default' nothing is taken over from the server.
    'step-plain': {
      lines: tcp('connect'),
      server: at('good'),
      logged: 'succeeded, reason: Layer4 check passed, info: "(tcp-check)"',
    },
    'step-default': {
      lines: tcp('connect default'),
      server: at('good'),
      logged: 'succeeded, reason: Layer6 check passed, info: "(tcp-check)"',
    },
    'http-step': {
      lines: [
        'option httpchk',
        'http-check connect ssl sni a.test',
        'http-check send meth GET uri /y',
        'http-check expect status 200',
      ],
      server: at('good', 'check verify none'),
      logged: 'succeeded, reason: Layer7 check passed, code: 200',
    },
  };
}

async function servers(
  t: TestContext,
  authority: Authority,
): Promise<Ports & { readonly seen: Awaited<ReturnType<typeof tlsOrigin>>['seen'] }> {
  const good = await tlsOrigin(t, authority.issue(['a.test']), { ALPNProtocols: ['http/1.1'] });
  const garbage = await listen(
    t,
    (socket) => void socket.once('data', () => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n')),
  );
  const closes = await listen(t, (socket) => void socket.once('data', () => socket.end()));
  return {
    seen: good.seen,
    good: good.port,
    old: (await tlsOrigin(t, authority.issue(['a.test'], -1))).port,
    garbage: garbage.port,
    closes: closes.port,
    silent: (await listen(t)).port,
  };
}

forEachRouter('checks over TLS say in the log what they found, in the same words', async (t, router) => {
  const authority = new Authority(t);
  const ports = await servers(t, authority);
  const syslog = await startSyslog(t);
  const port = await freePort();
  const cases = casesFor(ports, authority.caFile);
  const config = [
    `global\n  log 127.0.0.1:${syslog.port} local0`,
    'defaults\n  mode http\n  log global\n  option log-health-checks',
    '  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n  timeout check 5s\n  default-server inter 1s fall 1 rise 2',
    `frontend f\n  bind 127.0.0.1:${port}`,
    ...Object.entries(cases).map(([name, { lines, server }]) =>
      [`backend ${name}`, ...lines, `server s ${server}`].join('\n  '),
    ),
    '',
  ].join('\n');
  await startProgram(t, router, new TempDir(t).write('haproxy.cfg', config), [port]);
  for (const [name, { logged }] of Object.entries(cases)) {
    const line = await syslog.message(new RegExp(`^Health check for server ${name}/s `));
    const found = line.replace(/^Health check for server \S+ /, '').replace(/, check duration: .*$/, '');
    if (!logged.includes('SSL')) assert.equal(found, logged, name);
    // Ours says why, too.
    else assert.ok(found.startsWith(router === 'haproxy' ? logged : `${logged} (`), `${name}: ${found}`);
  }
  const asked = (url: string): unknown => ports.seen.findLast((one) => one.url === url)?.sni;
  assert.deepEqual([asked('/x'), asked('/y')], ['', 'a.test']);
});
