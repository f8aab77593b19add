/** `doctor` of both halves against what really runs: ours, stunnel and HAProxy, in order and out of order. */
import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import {
  commandLine,
  missing,
  startProgram,
  type Program,
  type Router,
  type Terminator,
} from '../../support/programs.ts';
import { portOf } from '../../support/raw.ts';
import { scenario, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

interface Finding {
  readonly grade: string;
  readonly subject: string;
  readonly text: string;
  readonly advice?: string;
}

/** Both halves with these words in their files, running unless `other` files run instead. */
interface Halves {
  readonly terminator: (...words: string[]) => Promise<Diagnosis>;
  readonly router: (...words: string[]) => Promise<Diagnosis>;
}

interface Diagnosis {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  readonly said: readonly string[];
}

// Each waits seconds for servers that do not answer.
together('doctor of both halves', () => {
  for (const [terminator, router] of [
    ['stunnel4', 'haproxy'],
    ['terminator', 'router'],
  ] as const)
    scenario(`${terminator} and ${router}: doctor finds nothing wrong where both halves agree`, async (t) => {
      if (skipsAny(t, terminator, router)) return;
      const halves = await start(t, terminator, router, 'protocol = proxy', 'accept-proxy');
      const one = await halves.terminator('--websocket', '/echo');
      const said = one.said.join('\n');
      assert.match(said, /^ok service web, connect \S+: answers, with a PROXY header \(version \d\): status 200$/m);
      assert.match(said, /^ok service web, connect \S+: the addresses of clients are kept$/m);
      assert.match(said, /^ok service web, accept \S+: a request passes both halves: status 200$/m);
      assert.match(said, /^ok service web, accept \S+: the WebSocket at \/echo passes both halves$/m);
      // The certificate is made for tests: only that is said against it.
      assert.deepEqual(bad(one), ['warning not in this file', 'warning expires in 1 days', 'warning not trusted']);
      assert.equal(one.code, 3);
      const two = await halves.router('--websocket', '/echo');
      assert.deepEqual([two.code, bad(two)], [0, []]);
      assert.match(
        two.said.join('\n'),
        /^ok frontend web, \S+: demands a PROXY header: the addresses of clients are kept$/m,
      );
      assert.match(two.said.join('\n'), /^ok server apps\/one: opens a WebSocket at \/echo$/m);
    });

  for (const [terminator, router, own, bind, message] of [
    [
      'terminator',
      'haproxy',
      'protocol = proxy',
      '',
      /^error service web, connect \S+: does not understand the PROXY header that is sent$/m,
    ],
    [
      'stunnel4',
      'router',
      '',
      'accept-proxy',
      /^error service web, connect \S+: answers only after a PROXY header, and none is sent$/m,
    ],
  ] as const)
    scenario(
      `${terminator} and ${router}: doctor says that one half speaks of PROXY and the other does not`,
      async (t) => {
        if (skipsAny(t, terminator, router)) return;
        const { terminator: ask } = await start(t, terminator, router, own, bind);
        const { code, said } = await ask();
        assert.equal(code, 1);
        assert.match(said.join('\n'), message);
      },
    );

  scenario('doctor says what is wrong with servers, and what to do', async (t) => {
    const app = await startApp(t, { name: 'one' });
    const silent = await listening(t, () => {});
    const secure = await listening(t, (socket) =>
      socket.once('data', () => socket.end(Buffer.of(0x15, 3, 3, 0, 2, 2, 10))),
    );
    const onlyIpv4 = app.port;
    const nowhere = await freePort();
    const dir = new TempDir(t);
    const file = dir.write(
      'haproxy.cfg',
      `defaults\n mode http\n timeout client 10s\n timeout server 10s\n timeout connect 1s\nfrontend web\n bind 127.0.0.1:${await freePort()}\n` +
        ` default_backend apps\nbackend apps\n server down 127.0.0.1:${nowhere} check\n server silent 127.0.0.1:${portOf(silent.address())} check\n` +
        ` server tls 127.0.0.1:${portOf(secure.address())} check\n server family localhost:${onlyIpv4} check\n` +
        ` server header 127.0.0.1:${app.port} check send-proxy\n server unchecked 127.0.0.1:${app.port}\n server name nowhere.invalid:1 check\n`,
    );
    const { code, said, findings } = await diagnose(t, 'router', file, ['--websocket', '/echo']);
    assert.equal(code, 1);
    const text = said.join('\n');
    for (const pattern of [
      /^error server apps\/down: cannot be connected to: 127\.0\.0\.1:\d+ ECONNREFUSED$/m,
      /^warning server apps\/silent: accepts connections and does not answer$/m,
      /^warning server apps\/tls: answers in TLS to plain HTTP$/m,
      /^error server apps\/header: does not understand the PROXY header that is sent$/m,
      /^notice server apps\/unchecked: is not checked$/m,
      /^error server apps\/name: the name nowhere\.invalid is not known$/m,
      /^warning frontend web to backend apps: WebSockets that are silent for 10 s are cut$/m,
      /^notice frontend web, 127\.0\.0\.1:\d+: nothing listens: ECONNREFUSED$/m,
      /^ok server apps\/unchecked: opens a WebSocket at \/echo$/m,
    ])
      assert.match(text, pattern);
    for (const { grade, advice } of findings) if (grade !== 'ok') assert.ok(advice !== undefined && advice !== '');
  });

  scenario('doctor reports what is wrong with the configuration, and wrong usage', async (t) => {
    const file = new TempDir(t).write('haproxy.cfg', 'frontend web\n bind 127.0.0.1:1\n default_backend nine\n');
    const { code, said } = await diagnose(t, 'router', file, []);
    assert.equal(code, 1);
    assert.match(said.join('\n'), /^error configuration: \S+haproxy\.cfg:3:\d+: .*nine/m);
    const printed = await run(t, ...command('router', 'doctor', '-f', file));
    assert.match(
      printed.stdout,
      /^ERROR {4}configuration: [^\n]*\n {9}→ correct the file: nothing starts with it \(\S+haproxy\.cfg:3\)\n/m,
    );
    assert.match(printed.stdout, /^\d+ things looked at: \d errors, \d warnings\n$/m);
    assert.equal((await run(t, ...command('router', 'doctor', '-f', file, '--websocket', 'nothing'))).code, 2);
  });
});

/** Programs that are not installed here. */
function skipsAny(t: TestContext, ...programs: readonly Program[]): boolean {
  const lacking = missing(...programs);
  if (lacking !== false) t.skip(lacking);
  return lacking !== false;
}

/** Grades and the essence of what is not in order. */
function bad({ findings }: Diagnosis): readonly string[] {
  return findings
    .filter(({ grade }) => grade === 'warning' || grade === 'error')
    .map(({ grade, text }) => `${grade} ${/not trusted|expires in 1 days|not in this file/.exec(text)?.[0] ?? text}`);
}

async function start(
  t: TestContext,
  terminator: Terminator,
  router: Router,
  own: string,
  bind: string,
  rules: readonly string[] = [],
): Promise<Halves> {
  const app = await startApp(t, { name: 'one' });
  const dir = new TempDir(t);
  const { keyAndCertFile } = makeCertificates(t);
  const [http, https] = [await freePort(), await freePort()];
  const cfg = dir.write(
    'haproxy.cfg',
    `defaults\n mode http\n timeout client 1m\n timeout server 1m\n timeout connect 5s\nfrontend web\n bind 127.0.0.1:${http} ${bind}\n` +
      rules.map((rule) => ` ${rule}\n`).join('') +
      ` option forwardfor\n default_backend apps\nbackend apps\n server one 127.0.0.1:${app.port} check\n`,
  );
  const conf = dir.write(
    'stunnel.conf',
    `foreground = yes\npid =\n[web]\naccept = 127.0.0.1:${https}\nconnect = 127.0.0.1:${http}\ncert = ${keyAndCertFile}\n${own}\n`,
  );
  await startProgram(t, router, cfg, [http]);
  await startProgram(t, terminator, conf, [https]);
  return {
    terminator: (...words) => diagnose(t, 'terminator', conf, words),
    router: (...words) => diagnose(t, 'router', cfg, words),
  };
}

async function diagnose(t: TestContext, program: Program, file: string, words: readonly string[]): Promise<Diagnosis> {
  const { code, stdout } = await run(t, ...command(program, 'doctor', '-f', file, '--json', ...words));
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return { code, findings, said: findings.map(({ grade, subject, text }) => `${grade} ${subject}: ${text}`) };
}

function command(program: Program, ...words: string[]): readonly [string, readonly string[]] {
  const [node, ...args] = commandLine(program, '');
  return [node, [...args.slice(0, -2), ...words]];
}

async function listening(t: TestContext, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(t, () => void server.close());
  return server;
}

for (const router of ['haproxy', 'router'] as const)
  scenario(`${router}: doctor knows a PROXY header that a rule demands`, async (t) => {
    if (skipsAny(t, router)) return;
    const halves = await start(t, 'terminator', router, 'protocol = proxy', '', [
      'tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }',
    ]);
    const { code, said } = await halves.router('--websocket', '/echo');
    assert.equal(code, 0);
    assert.match(said.join('\n'), /^ok frontend web, \S+: demands a PROXY header: the addresses of clients are kept$/m);
    assert.match(said.join('\n'), /^ok frontend web, \S+: passes the WebSocket at \/echo$/m);
  });

scenario(
  'doctor speaks TLS to servers with ssl, and says nothing of WebSockets where there are no servers',
  async (t) => {
    const app = await startApp(t, { name: 'one' });
    const { keyAndCertFile, caFile } = makeCertificates(t);
    const dir = new TempDir(t);
    const https = await freePort();
    const conf = dir.write(
      'stunnel.conf',
      `foreground = yes\n[web]\naccept = 127.0.0.1:${https}\nconnect = 127.0.0.1:${app.port}\ncert = ${keyAndCertFile}\n`,
    );
    await startProgram(t, 'terminator', conf, [https]);
    const silent = await listening(t, () => {});
    const file = dir.write(
      'haproxy.cfg',
      `defaults\n mode http\n timeout client 10s\n timeout server 10s\n timeout connect 1s\nlisten stats\n bind 127.0.0.1:${app.port}\n stats enable\n` +
        `frontend taken\n bind 127.0.0.1:${portOf(silent.address())}\n default_backend apps\nbackend apps\n` +
        ` server good 127.0.0.1:${https} check ssl ca-file ${caFile} verifyhost localhost\n` +
        ` server plain 127.0.0.1:${app.port} check ssl verify none\n` +
        ` server distrusted 127.0.0.1:${https} check ssl ca-file ${keyAndCertFile} verifyhost localhost\n` +
        ` server misnamed 127.0.0.1:${https} check ssl ca-file ${caFile} verifyhost other.example\n` +
        ` server follower 127.0.0.1:${app.port} track good\n`,
    );
    const { code, said } = await diagnose(t, 'router', file, ['--websocket', '/echo']);
    assert.equal(code, 1);
    assert.deepEqual(
      said
        .filter((line) => /server|stats|taken,/.test(line))
        .map((line) => line.replaceAll(/127\.0\.0\.1:\d+|Hostname\/IP does .*/g, 'X')),
      [
        'ok frontend stats, X: answers: status 200',
        'warning frontend taken, X: what listens there accepts connections and does not answer',
        'ok server apps/good: answers over TLS: status 200',
        'ok server apps/good: opens a WebSocket at /echo',
        'error server apps/plain: answers in plain HTTP, and is spoken to in TLS: requests get a 503',
        'error server apps/distrusted: its certificate is refused, and requests get a 503: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'error server apps/misnamed: its certificate is for another name: X',
        'ok server apps/follower: answers: status 200',
        'ok server apps/follower: opens a WebSocket at /echo',
      ],
    );
  },
);
