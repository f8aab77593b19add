import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ours } from '../contenders/ours.ts';
import { isAlive } from '../../test/support/alive.ts';
import { asked } from '../../test/support/control.ts';
import { freePort } from '../../test/support/ports.ts';
import { workerPids } from '../../test/support/workers.ts';
import { haproxyText } from './configurations.ts';
import { listening } from './measure.ts';
import { startApplication } from './origin.ts';
import { Traffic, type Tally, type Wish } from './traffic.ts';

/** One event under traffic, and what visitors noticed of it. */
export interface EventOutcome {
  readonly title: string;
  readonly tally: Tally;
}

interface Stage {
  readonly directory: string;
  readonly socket: string;
  /** The port of another application than the one in use. */
  readonly other: () => number;
}

interface Event {
  readonly title: string;
  readonly workers: number;
  readonly happen: (stage: Stage) => Promise<void>;
}

/** Milliseconds of traffic before the event, and after it. */
const [BEFORE, AFTER] = [3000, 3000];
const DEPLOYS = 4;
const run = promisify(execFile);

/** What happens once in a while, besides reloads. */
const EVENTS = {
  deploys: {
    title: `${DEPLOYS} deploys of a server`,
    workers: 1,
    async happen({ socket, other }) {
      const [node, ...args] = ours('router');
      for (let n = 0; n < DEPLOYS; n += 1)
        await run(node, [
          ...args,
          'deploy',
          'pages/s0',
          '--to',
          `127.0.0.1:${other()}`,
          '--within',
          '5s',
          '-s',
          socket,
        ]);
    },
  },
  upgrade: {
    title: 'an upgrade of the program',
    workers: 1,
    async happen({ socket }) {
      const before = await pidOf(socket);
      process.kill(before, 'SIGPWR');
      // The control socket changes hands: for a moment nothing listens there. The old process lives as long as its WebSockets.
      while ((await pidOf(socket).catch(() => before)) === before) await sleep(100);
    },
  },
  worker: {
    title: 'one of two workers killed (SIGKILL)',
    workers: 2,
    async happen({ socket }) {
      const worker = workerPids(await pidOf(socket)).get(1);
      if (worker === undefined) throw new Error('there is no worker');
      process.kill(worker, 'SIGKILL');
      await sleep(2000);
    },
  },
} as const satisfies Record<string, Event>;

export type EventName = keyof typeof EVENTS;
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

/** Lets an event happen to a router of its own, under traffic. */
export async function measureEvent(name: EventName, wish: Wish, directory: string): Promise<EventOutcome> {
  const { title, workers, happen }: Event = EVENTS[name];
  const applications = await Promise.all([startApplication(), startApplication()]);
  const [one, two] = applications.map(({ port }) => port) as [number, number];
  const [port, socket, file] = [await freePort(), join(directory, 'control.sock'), join(directory, 'haproxy.cfg')];
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    file,
    haproxyText({
      port,
      sockets: one,
      pages: [one],
      global: [`stats socket ${socket} level admin`, ...(workers > 1 ? [`workers ${workers}`] : [])],
    }),
  );
  const [node, ...args] = ours('router');
  const child = spawn(node, [...args, '-f', file], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
  let current = one;
  const other = (): number => (current = current === one ? two : one);
  try {
    await listening(port, child, () => written);
    const traffic = new Traffic(port, wish);
    await traffic.start();
    await sleep(BEFORE);
    await happen({ directory, socket, other });
    await sleep(AFTER);
    return { title, tally: await traffic.stop() };
  } finally {
    await end(child, socket);
    await Promise.all(applications.map((application) => application.close()));
  }
}

async function pidOf(socket: string): Promise<number> {
  return Number(/^Pid: (\d+)$/m.exec(await asked(socket, 'show info'))?.[1]);
}

/** Whatever process serves by now, and the group of the first one. */
async function end(child: ChildProcess, socket: string): Promise<void> {
  const pid = await pidOf(socket).catch(() => undefined);
  for (const one of [pid, child.pid === undefined ? undefined : -child.pid])
    if (one !== undefined && isAlive(one)) process.kill(one, 'SIGKILL');
}
