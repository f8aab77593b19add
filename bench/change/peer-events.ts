/** The events of events.ts in HAProxy and nginx, by the means that their operators have. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../test/support/alive.ts';
import { asked } from '../../test/support/control.ts';
import { freePort, isListening } from '../../test/support/ports.ts';
import { childrenOf } from '../measure/usage.ts';
import { controlSocket, haproxyText, nginxText } from './configurations.ts';
import type { EventName } from './events.ts';
import { startApplication } from './origin.ts';
import { subjects } from './subjects.ts';
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
    title: subjects.haproxy.title,
    needs: subjects.haproxy.needs,
    command: subjects.haproxy.command,
    write: ({ directory, port, one }, pages) => {
      const global = [controlSocket(directory)];
      const text = haproxyText({ port, sockets: one, pages: [pages], global });
      writeFileSync(join(directory, 'haproxy.cfg'), text);
    },
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
    write: writeNginx,
    pid: (stage) => pidIn(join(stage.directory, 'nginx.pid')),
    events: {
      async deploys(stage, pid) {
        for (const port of moves(stage)) {
          writeNginx(stage, port);
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
      // Code 0: nginx has only gone to the background.
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

function writeNginx({ directory, port, one }: Stage, pages: number): void {
  const text = nginxText({ port, sockets: one, pages: [pages], global: ['worker_processes 2;'] });
  writeFileSync(join(directory, 'nginx.conf'), text);
}
