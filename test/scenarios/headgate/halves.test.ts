/** What becomes of visitors when a half dies, and of both halves at a reload and a stop. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { makeCertificates, type Certificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import type { StartOptions, TestProcess } from '../../support/process.ts';
import { SOURCES, startProgram } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario, together } from '../../support/scenario.ts';
import { readStats } from '../../support/statistics.ts';
import { TempDir } from '../../support/temp.ts';
import { settled, until } from '../../support/until.ts';

interface Started {
  readonly process: TestProcess;
  readonly file: string;
  readonly folder: string;
  readonly certificates: Certificates;
  readonly http: string;
  readonly https: string;
  /** Sends a request to the address with TLS. */
  readonly ask: (path: string) => ReturnType<typeof request>;
}

async function start(t: TestContext, options: StartOptions = {}): Promise<Started> {
  const dir = new TempDir(t);
  const app = await startApp(t);
  const certificates = makeCertificates(t);
  const [http, https] = [await freePort(), await freePort()];
  const file = dir.write(
    'haproxy.cfg',
    `global
    stats socket ${dir.join('control')} level admin
defaults
    mode http
    timeout client 2m
    timeout server 20s
    timeout connect 20s
frontend web
    bind 127.0.0.1:${http}
    bind 127.0.0.1:${https} ssl crt ${certificates.keyAndCertFile}
    option socket-stats
    stats show-legends
    stats uri /-stats
    http-request use-service prometheus-exporter if { path /-metrics }
    default_backend app
backend app
    server one 127.0.0.1:${app.port}
`,
  );
  const folder = new TempDir(t).path;
  const program = await startProgram(t, 'headgate', file, [http, https], {
    ...options,
    env: { RUNTIME_DIRECTORY: folder },
  });
  const url = `https://localhost:${https}`;
  const ask = (path: string): ReturnType<typeof request> => request(`${url}${path}`, { ca: certificates.ca });
  return { process: program, file, folder, certificates, http: `http://127.0.0.1:${http}`, https: url, ask };
}

/** The process of a half, by its title. */
function half(program: TestProcess, name: 'router' | 'terminator'): number {
  const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8').trim().split(' ');
  const found = children.find((pid) => commandOf(pid).startsWith(`headgate-${name}`));
  assert.ok(found, `${name} is not among ${children.map(commandOf).join(', ')}`);
  return Number(found);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

together('the two halves', () => {
  scenario('visitors wait while a killed router is started again', async (t) => {
    const { process: program, ask } = await start(t);
    assert.equal((await ask('/before')).status, 200);
    process.kill(half(program, 'router'), 'SIGKILL');
    // From here on nothing listens on the private socket.
    await program.says(/err headgate-router ended \(signal SIGKILL\): starting it again in 100 ms/);
    const died = performance.now();
    const after = ask('/after');
    await program.says(/notice headgate-router serves again/);
    // Visitors wait for 5 seconds (docs/both-halves.md): a machine that needs longer for a start cannot tell.
    const late = performance.now() - died > 5000;
    const { status } = await after;
    assert.ok(status === 200 || (late && status === 503), `status ${status}`);
    assert.equal((await ask('/later')).status, 200);
  });

  scenario('a killed terminator is started again, and plain requests do not notice', async (t) => {
    const { process: program, http, ask } = await start(t);
    const days = /<b class="tone \w+">\d+ days?<\/b>/;
    await until('the certificate on the page of the other half', async () =>
      days.test((await request(`${http}/-stats`)).text) ? true : undefined,
    );
    assert.match(
      (await request(`${http}/-metrics`)).text,
      /^headgate_certificate_expiry_timestamp_seconds\{.*\} \d+$/m,
    );
    process.kill(half(program, 'terminator'), 'SIGKILL');
    assert.equal((await request(`${http}/plain`)).status, 200);
    await program.says(/notice headgate-terminator serves again/);
    assert.equal((await ask('/secure')).status, 200);
  });

  scenario('SIGPWR: new halves take over, and no visitor is refused or cut off', async (t) => {
    const { process: program, folder, http, ask } = await start(t);
    const before = [half(program, 'router'), half(program, 'terminator')];
    let over = false;
    let served = 0;
    const visit = async (one: () => ReturnType<typeof request>): Promise<void> => {
      while (!over) {
        assert.equal((await one()).status, 200);
        served += 1;
      }
    };
    const visits = Promise.all([visit(() => ask('/secure')), visit(() => request(`${http}/plain`))]);
    await until('visitors', () => served > 10);
    program.signal('SIGPWR');
    await program.says(/notice handed over to headgate-router, process \d+ and headgate-terminator, process \d+/);
    for (const name of ['router', 'terminator'] as const)
      await program.says(new RegExp(`${name}: stopped: everything finished`));
    const during = served;
    await until('visitors of the new halves', () => served > during + 10);
    over = true;
    await visits;
    const after = [half(program, 'router'), half(program, 'terminator')];
    assert.deepEqual(
      after.map((pid) => before.includes(pid)),
      [false, false],
    );
    await until('the folder of the old sockets to go', () => readdirSync(folder).length === 1);
    assert.deepEqual(await program.stop(), { code: 0, signal: null });
    assert.deepEqual(readdirSync(folder), []);
  });

  scenario('SIGPWR: a client that is slow in its handshake is served by the halves it came to', async (t) => {
    const { process: program, certificates, https, ask } = await start(t);
    const socket = connect(Number(new URL(https).port), '127.0.0.1');
    onCleanup(t, () => void socket.destroy());
    await once(socket, 'connect');
    // One that came after it was accepted: so was this one.
    assert.equal((await ask('/')).status, 200);
    program.signal('SIGPWR');
    await program.says(/terminator: stopping on SIGPWR/);
    // What the router once waited for it, twice. No event says that it still waits.
    await pause(1000);
    const client = connectTls({ socket, servername: 'localhost', ca: certificates.ca });
    client.write('GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [answer] = (await settled('the answer', once(client, 'data'))) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    for (const name of ['router', 'terminator'] as const)
      await program.says(new RegExp(`${name}: stopped: everything finished`));
  });

  scenario('the sockets between the halves are for this user alone, and gone after the stop', async (t) => {
    const { process: program, folder } = await start(t);
    const [own] = readdirSync(folder);
    assert.ok(own);
    assert.equal(statSync(`${folder}/${own}`).mode & 0o777, 0o700);
    const sockets = readdirSync(`${folder}/${own}`);
    assert.deepEqual(new Set(sockets.map((name) => name.split('-')[0])), new Set(['terminator', 'web']));
    assert.equal(sockets.length, 2);
    for (const name of sockets) assert.equal(statSync(`${folder}/${own}/${name}`).mode & 0o777, 0o600);
    assert.deepEqual(await program.stop(), { code: 0, signal: null });
    assert.deepEqual(readdirSync(folder), []);
  });

  scenario('a stop finishes open requests of both halves, and a second signal does not wait', async (t) => {
    const dir = new TempDir(t);
    const certificates = makeCertificates(t);
    const server = await RawServer.listen(t);
    const https = await freePort();
    const file = dir.write(
      'haproxy.cfg',
      `defaults
    mode http
    timeout client 20s
    timeout server 20s
    timeout connect 5s
listen web
    bind 127.0.0.1:${https} ssl crt ${certificates.keyAndCertFile}
    server one 127.0.0.1:${server.port}
`,
    );
    const first = await startProgram(t, 'headgate', file, [https]);
    const answer = request(`https://localhost:${https}/slow`, { ca: certificates.ca });
    const asked = await server.next();
    await asked.expect('\r\n\r\n');
    const stopped = first.stop('SIGTERM', 20_000);
    await first.says(/router: stopping on SIGTERM/);
    asked.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone');
    assert.equal((await answer).text, 'done');
    assert.deepEqual(await stopped, { code: 0, signal: null });

    const second = await startProgram(t, 'headgate', file, [https]);
    const cut = request(`https://localhost:${https}/slow`, { ca: certificates.ca }).catch(() => 'cut');
    await (await server.next()).expect('\r\n\r\n');
    second.signal('SIGTERM');
    await second.says(/router: stopping on SIGTERM/);
    assert.deepEqual(await second.stop('SIGTERM'), { code: 143, signal: null });
    assert.equal(await cut, 'cut');
  });

  scenario('a reload changes both halves or neither', async (t) => {
    const { process: program, file, certificates, ask } = await start(t);
    const text = readFileSync(file, 'utf8');
    const [other, taken] = [await freePort(), await RawServer.listen(t)];
    const reload = (next: string): void => {
      writeFileSync(file, next);
      program.signal('SIGHUP');
    };

    reload(text.replace('default_backend app', 'http-request return status 204\n    default_backend app'));
    await program.says(/notice reloaded on SIGHUP/);
    assert.equal((await ask('/')).status, 204);

    // The certificate is the terminator's, and wrong: the router must not change either.
    reload(text.replace(/crt \S+/, 'crt /nowhere.pem'));
    await program.says(/\/nowhere\.pem: there is no certificate of that name/);
    await program.says(/err not reloaded on SIGHUP: the configuration before it serves on/);
    assert.equal((await ask('/')).status, 204);

    // The address is taken, which only the terminator finds out, after the router has applied its half.
    reload(
      text.replace(/(bind \S+ ssl .*)/, `$1\n    bind 127.0.0.1:${taken.port} ssl crt ${certificates.keyAndCertFile}`),
    );
    await program.says(/cannot listen on 127\.0\.0\.1:\d+: the address is already in use/);
    await until('the second refusal', () => program.stderr.split('not reloaded on SIGHUP').length === 3);
    assert.equal((await ask('/')).status, 204);

    reload(text.replace(/(bind \S+ ssl .*)/, `$1\n    bind 127.0.0.1:${other} ssl crt ${certificates.keyAndCertFile}`));
    await until('the second reload', () => program.stderr.split('notice reloaded on SIGHUP').length === 3);
    assert.equal((await request(`https://localhost:${other}/`, { ca: certificates.ca })).status, 200);
  });

  scenario('a terminator that a reload could not start is started by the next reload', async (t) => {
    const dir = new TempDir(t);
    const certificates = makeCertificates(t);
    const [http, https, taken] = [await freePort(), await freePort(), await RawServer.listen(t)];
    const text = (port: number | undefined): string => `frontend web
    mode http
    timeout client 20s
    bind 127.0.0.1:${http}
    ${port === undefined ? '' : `bind 127.0.0.1:${port} ssl crt ${certificates.keyAndCertFile}`}
    http-request return status 204
`;
    const file = dir.write('haproxy.cfg', text(undefined));
    const program = await startProgram(t, 'headgate', file, [http]);
    const reload = (port: number): void => {
      writeFileSync(file, text(port));
      program.signal('SIGHUP');
    };

    reload(taken.port);
    await program.says(/err not reloaded on SIGHUP: the configuration before it serves on/);
    assert.equal((await request(`http://127.0.0.1:${http}/`)).status, 204);

    reload(https);
    await program.says(/notice reloaded on SIGHUP/);
    assert.equal((await request(`https://localhost:${https}/`, { ca: certificates.ca })).status, 204);
  });

  scenario('ctl reload reloads both halves, and a renewed certificate only its own', async (t) => {
    const { process: program, file, certificates, ask } = await start(t);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('default_backend app', 'http-request return status 204\n    default_backend app'));
    const [node, ...words] = SOURCES.headgate;
    const asked = await run(t, node, [...words, 'ctl', '-f', file, 'reload']);
    assert.equal(asked.code, 0, asked.stderr + asked.stdout);
    assert.equal((await ask('/')).status, 204);
    await program.says(/notice terminator: reloaded/);
    await program.says(/notice reloaded on /);

    const renewed = makeCertificates(t);
    writeFileSync(file, 'frontend unfinished\n');
    writeFileSync(certificates.keyAndCertFile, readFileSync(renewed.keyAndCertFile));
    await program.says(
      /notice terminator: reloaded on a change of \S+cert\.key_pem in \d+ ms: service web\/2 has another certificate/,
    );
  });

  scenario('doctor looks at both halves, and deploy moves a server through the one command', async (t) => {
    const { file } = await start(t);
    const [program, ...args] = SOURCES.headgate;
    const { code, stdout } = await run(t, program, [...args, 'doctor', '-f', file, '--json']);
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { grade: string; subject: string; text: string }[];
    };
    const said = findings.map(({ grade, subject, text }) => `${grade} ${subject}: ${text}`).join('\n');
    assert.equal(code, 3);
    assert.match(said, /^ok service \S+, accept 127\.0\.0\.1:\d+: a request passes both halves: status 200$/m);
    assert.match(said, /^ok server app\/one: answers: status 200$/m);
    assert.match(said, /^ok frontend web, 127\.0\.0\.1:\d+: answers: status 200$/m);
    assert.doesNotMatch(said, /^error /m);
    const next = await startApp(t, { name: 'next' });
    const moved = await run(t, program, [...args, 'deploy', 'app/one', '--to', `127.0.0.1:${next.port}`, '-f', file]);
    assert.equal(moved.code, 0);
    assert.match(
      moved.stdout,
      /^app\/one moved from \S+ to \S+ in \d+\.\d s: everything at the old address finished\.\n/,
    );
  });

  scenario('the halves end when headgate itself is killed, and leave their addresses', async (t) => {
    const { process: program, http } = await start(t);
    const halves = [half(program, 'router'), half(program, 'terminator')];
    program.signal('SIGKILL');
    await program.exited;
    await until('both halves to end', () => halves.every((pid) => commandOf(String(pid)) === ''));
    await assert.rejects(request(http));
  });
});

scenario('statistics show the address that clients connect to, and not the socket between the halves', async (t) => {
  const { http, https } = await start(t);
  const binds = await readStats(`${http}/-stats`);
  assert.equal(binds.get('web/sock-2')?.['addr'], https.replace('https://localhost', '127.0.0.1'));
  assert.match((await request(`${http}/-stats`)).text, /127\.0\.0\.1:\d+ · TLS/);
});
