/** The events of events.ts in HAProxy and nginx, by the means that their operators have. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../test/support/alive.ts';
import { asked } from '../../test/support/control.ts';
import { freePort, isListening } from '../../test/support/ports.ts';
import type { EventName } from './events.ts';
import { startApplication } from './origin.ts';
import { Traffic, type Tally, type Wish } from './traffic.ts';

/** A peer that serves, and the two applications that it can send to. */
interface Stage {
  readonly directory: string;
  readonly port: number;
  readonly one: number;
  readonly two: number;
}

interface Peer {
  readonly title: string;
  readonly needs: readonly string[];
  readonly command: (stage: Stage) => readonly [string, ...string[]];
  /** Writes the configuration; pages go to this application. */
  readonly write: (stage: Stage, pages: number) => void;
  /** The process that answers to signals. */
  readonly pid: (stage: Stage, started: number) => number;
  /** What an operator does. */
  readonly events: Readonly<Record<EventName, (stage: Stage, pid: number) => Promise<void>>>;
}

/** Milliseconds of traffic before and after, as for ours; between deploys; until a killed process must be replaced. */
const [BEFORE, AFTER, STEP, REPLACED] = [3000, 3000, 500, 2000];
/** systemd's default of RestartSec: a supervisor starts what has ended again. */
const RESTART = 100;
const DEPLOYS = 4;
const START_LIMIT = 15_000;

const NGINX = '/usr/sbin/nginx';

export const PEERS: readonly Peer[] = [
  {
    title: 'HAProxy 2.6, master-worker',
    needs: ['haproxy'],
    command: ({ directory }) => ['haproxy', '-W', '-db', '-f', join(directory, 'haproxy.cfg')],
    write: (stage) => writeFileSync(join(stage.directory, 'haproxy.cfg'), haproxyConfig(stage)),
    pid: (_stage, started) => started,
    events: {
      async deploys(stage) {
        for (const port of moves(stage)) {
          await asked(join(stage.directory, 'control.sock'), `set server pages/s0 addr 127.0.0.1 port ${port}`);
          await sleep(STEP);
        }
      },
      async upgrade(_stage, pid) {
        // The master executes the program anew and starts a worker, which is handed the sockets.
        const before = childrenOf(pid);
        process.kill(pid, 'SIGUSR2');
        while (childrenOf(pid).every((child) => before.includes(child))) await sleep(50);
      },
      worker: (_stage, pid) => killChild(pid),
    },
  },
  {
    title: 'nginx',
    needs: ['nginx'],
    // It executes itself anew by the name it was started with.
    command: ({ directory }) => [NGINX, '-p', directory, '-e', 'nginx.log', '-c', join(directory, 'nginx.conf')],
    write: (stage, pages) => writeFileSync(join(stage.directory, 'nginx.conf'), nginxConfig(stage, pages)),
    pid: (stage) => pidIn(join(stage.directory, 'nginx.pid')),
    events: {
      async deploys(stage, pid) {
        for (const port of moves(stage)) {
          writeFileSync(join(stage.directory, 'nginx.conf'), nginxConfig(stage, port));
          process.kill(pid, 'SIGHUP');
          await sleep(STEP);
        }
      },
      async upgrade({ directory }, pid) {
        // The old master starts the new program, gets the signal to end its workers gracefully, and ends with the last of them.
        process.kill(pid, 'SIGUSR2');
        const file = join(directory, 'nginx.pid');
        const limit = performance.now() + START_LIMIT;
        while (!existsSync(`${file}.oldbin`) || !existsSync(file) || pidIn(file) === pid) {
          if (performance.now() > limit) throw new Error('nginx did not start its new program');
          await sleep(50);
        }
        process.kill(pid, 'SIGQUIT');
      },
      worker: (_stage, pid) => killChild(pid),
    },
  },
];

/** Lets an event happen to a peer under traffic. */
export async function measurePeer(peer: Peer, event: EventName, wish: Wish, directory: string): Promise<Tally> {
  const applications = await Promise.all([startApplication(), startApplication()]);
  const [one, two] = applications.map(({ port }) => port) as [number, number];
  const stage: Stage = { directory, port: await freePort(), one, two };
  mkdirSync(directory, { recursive: true });
  peer.write(stage, one);
  const groups = new Set<number>();
  let over = false;
  const start = (): number => {
    const [command, ...args] = peer.command(stage);
    const child = spawn(command, args, {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    child.once('exit', (code) => {
      // nginx goes to the background, and that is no end.
      if (!over && code !== 0) setTimeout(() => void (over || start()), RESTART);
    });
    const pid = child.pid ?? 0;
    groups.add(pid);
    return pid;
  };
  try {
    const started = start();
    const limit = performance.now() + START_LIMIT;
    while (!(await isListening(stage.port))) {
      if (performance.now() > limit) throw new Error(`${peer.title} does not listen`);
      await sleep(20);
    }
    const pid = peer.pid(stage, started);
    groups.add(pid);
    const traffic = new Traffic(stage.port, wish);
    await traffic.start();
    await sleep(BEFORE);
    await peer.events[event](stage, pid);
    await sleep(AFTER);
    return await traffic.stop();
  } finally {
    over = true;
    for (const group of groups) endGroup(group);
    await Promise.all(applications.map((application) => application.close()));
  }
}

/** Where the server of the pages goes, one deploy after the other. */
function moves({ one, two }: Stage): readonly number[] {
  return Array.from({ length: DEPLOYS }, (_, n) => (n % 2 === 0 ? two : one));
}

async function killChild(pid: number): Promise<void> {
  const [worker] = childrenOf(pid);
  if (worker === undefined) throw new Error('there is no worker');
  process.kill(worker, 'SIGKILL');
  await sleep(REPLACED);
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8'));
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing of it is left.
    if (isAlive(group)) process.kill(group, 'SIGKILL');
  }
}

function haproxyConfig({ directory, port, one }: Stage): string {
  return `global
  maxconn 4000
  stats socket ${join(directory, 'control.sock')} mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:${port}
  use_backend sockets if { path /ws }
  default_backend pages
backend sockets
  server one 127.0.0.1:${one}
backend pages
  server s0 127.0.0.1:${one}
`;
}

function nginxConfig({ port, one }: Stage, pages: number): string {
  return `worker_processes 2; pid nginx.pid; error_log nginx.log;
events { worker_connections 4000; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $hop { default upgrade; '' ''; }
  upstream sockets { server 127.0.0.1:${one}; }
  upstream pages { server 127.0.0.1:${pages}; keepalive 100; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1; proxy_read_timeout 1h;
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hop;
    location /ws { proxy_pass http://sockets; }
    location / { proxy_pass http://pages; }
  }
}
`;
}
