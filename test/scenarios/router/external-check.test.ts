/** `option external-check`: programs get what HAProxy gives them, and what they find is logged in its words. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { isAlive } from '../../support/alive.ts';
import { freePort } from '../../support/ports.ts';
import type { TestProcess } from '../../support/process.ts';
import { startProgram, type Router } from '../../support/programs.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { startSyslog, type Syslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** Writes down what it was given, and does what the name of its server says. `$0.NAME` is named only when it is complete. */
const PROGRAM = `#!/bin/sh
/usr/bin/env > "$0.$HAPROXY_SERVER_NAME.part"
echo "arguments: $*" >> "$0.$HAPROXY_SERVER_NAME.part"
/bin/mv "$0.$HAPROXY_SERVER_NAME.part" "$0.$HAPROXY_SERVER_NAME"
case $HAPROXY_SERVER_NAME in
  good) exit 0 ;;
  bad) exit 3 ;;
  killed) kill -9 $$ ;;
  slow) exec /bin/sleep 1000 ;;
  stubborn) trap '' TERM; /bin/sleep 1000 & echo "$$ $!" > "$0.pid.part"; /bin/mv "$0.pid.part" "$0.pid"; wait ;;
esac
`;

interface Started {
  readonly syslog: Syslog;
  readonly port: number;
  readonly program: string;
  readonly router: TestProcess;
}

async function start(t: TestContext, router: Router, more = ''): Promise<Started> {
  const dir = new TempDir(t);
  const program = dir.write('check.sh', PROGRAM);
  chmodSync(program, 0o755);
  const [syslog, port] = [await startSyslog(t), await freePort()];
  const config = `global
  external-check
  insecure-fork-wanted
defaults
  mode http
  log 127.0.0.1:${syslog.port} local0
  option log-health-checks
  option external-check
  external-check command ${program}
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  default-server inter 400ms fall 1 rise 2
listen front
  bind 127.0.0.1:${port}
  server good 127.0.0.1:9 check maxconn 7 addr 127.0.0.3 port 8
backend apps
  mode tcp
  external-check path "/x y:/bin"
  server bad 127.0.0.2:10 check ssl verify none
  server killed 127.0.0.1:11 check
  server slow 127.0.0.1:12 check
backend absent
  external-check command ${program}.absent
  server gone 127.0.0.1:13 check
${more}`;
  const started = await startProgram(t, router, dir.write('haproxy.cfg', config), [port]);
  return { syslog, port, program, router: started };
}

const LOGGED = {
  'front/good': 'succeeded, reason: External check passed, code: 0',
  'apps/bad': 'failed, reason: External check error, code: 3',
  'apps/killed': 'failed, reason: External check error, code: -1',
  'apps/slow': 'failed, reason: External check timeout, code: 0',
  'absent/gone': 'failed, reason: External check error, code: 255',
};

forEachRouter('a program decides how a server is, and gets its addresses and numbers', async (t, router) => {
  const { syslog, port, program } = await start(t, router);
  for (const [server, logged] of Object.entries(LOGGED)) {
    const line = await syslog.message(new RegExp(`^Health check for server ${server} `));
    const said = line.replace(/^Health check for server \S+ /, '').replace(/, check duration: .*$/, '');
    assert.equal(said.replace(/, status: .*$/, ''), logged, server);
  }
  const given = (name: string): readonly string[] =>
    readFileSync(`${program}.${name}`, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !/^(PWD|OLDPWD|_|SHLVL)=/.test(line))
      .toSorted();
  assert.deepEqual(given('good'), [
    `HAPROXY_PROXY_ADDR=127.0.0.1`,
    'HAPROXY_PROXY_ID=1',
    'HAPROXY_PROXY_NAME=front',
    `HAPROXY_PROXY_PORT=${port}`,
    'HAPROXY_SERVER_ADDR=127.0.0.1',
    'HAPROXY_SERVER_CURCONN=0',
    'HAPROXY_SERVER_ID=1',
    'HAPROXY_SERVER_MAXCONN=7',
    'HAPROXY_SERVER_NAME=good',
    'HAPROXY_SERVER_PORT=9',
    'HAPROXY_SERVER_PROTO=h1',
    'HAPROXY_SERVER_SSL=0',
    'PATH=',
    `arguments: 127.0.0.1 ${port} 127.0.0.1 9`,
  ]);
  assert.deepEqual(
    given('bad').filter((line) => /^(PATH|arguments|HAPROXY_(PROXY_(ADDR|PORT)|SERVER_(SSL|PROTO|ADDR)))\b/.test(line)),
    [
      'HAPROXY_PROXY_ADDR=',
      'HAPROXY_PROXY_PORT=',
      'HAPROXY_SERVER_ADDR=127.0.0.2',
      'HAPROXY_SERVER_PROTO=tcp',
      'HAPROXY_SERVER_SSL=1',
      'PATH=/x y:/bin',
      'arguments: NOT_USED NOT_USED 127.0.0.2 10',
    ],
  );
});

scenario('a program that takes too long is killed, and what it has started with it', async (t) => {
  const { syslog, program, router } = await start(t, 'router', 'backend b\n  server stubborn 127.0.0.1:14 check\n');
  const sleepers = (): readonly number[] => readFileSync(`${program}.pid`, 'utf8').trim().split(' ').map(Number);
  await until('the sleepers', () => existsSync(`${program}.pid`));
  const first = sleepers();
  await syslog.message(/^Health check for server b\/stubborn failed, reason: External check timeout/);
  await until('their end', () => first.every((pid) => !isAlive(pid)));
  await until('the next ones', () => sleepers().some((pid) => !first.includes(pid)));
  await router.stop();
  await until('the end of all', () => sleepers().every((pid) => !isAlive(pid)));
});
