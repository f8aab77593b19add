import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isListening } from '../../test/support/ports.ts';
import { childrenOf, proportionalBytes } from '../measure/usage.ts';
import { startApplication } from './origin.ts';
import type { Place, Subject } from './subjects.ts';
import { Traffic, type Tally, type Wish } from './traffic.ts';

export interface Course extends Wish {
  readonly reloads: number;
  /** Milliseconds of traffic before the first one: memory grows with traffic too, until the collector finds its pace. */
  readonly warm: number;
  /** Milliseconds from one reload to the next. */
  readonly pause: number;
  /** Visitors that leave and come with each reload. */
  readonly renewed: number;
}

export interface Outcome {
  readonly tally: Tally;
  readonly reloads: number;
  /** Reloads that were reported; only for a subject that reports them. */
  readonly reported: number | undefined;
  /** Bytes before the first reload, and after the last. */
  readonly memory: readonly [before: number, after: number];
  /** Processes at the end. */
  readonly processes: number;
}

/** One of so many configurations is broken. */
const BROKEN = 10;
const START_LIMIT = 15_000;

/** Starts a subject, changes its configuration under traffic again and again, and counts what its visitors noticed. */
export async function measure(subject: Subject, course: Course, directory: string): Promise<Outcome> {
  const applications = await Promise.all([startApplication(), startApplication(), startApplication()]);
  const [one, two, three] = applications;
  const place: Place = { directory, port: await freePort(), servers: [one.port, two.port, three.port] };
  mkdirSync(directory, { recursive: true });
  subject.write(place, { number: 0, broken: false });
  const [command, ...args] = subject.command(place);
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, NO_COLOR: '1' },
  });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
  try {
    await listening(place.port, child, () => written);
    const traffic = new Traffic(place.port, course);
    await traffic.start();
    await sleep(course.warm);
    const before = memoryOf(child);
    for (let number = 1; number <= course.reloads; number += 1) {
      subject.write(place, { number, broken: number % BROKEN === 0 });
      process.kill(child.pid ?? 0, subject.signal);
      await Promise.all([sleep(course.pause), traffic.renew(course.renewed)]);
    }
    const after = memoryOf(child);
    const processes = family(child.pid ?? 0).length;
    const tally = await traffic.stop();
    const reported = subject.reloaded === undefined ? undefined : (written.match(subject.reloaded)?.length ?? 0);
    return { tally, reloads: course.reloads, reported, memory: [before, after], processes };
  } finally {
    await end(child);
    await Promise.all(applications.map((application) => application.close()));
  }
}

/** Waits until it accepts connections. */
export async function listening(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const until = Date.now() + START_LIMIT;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`it does not listen\n${output()}`);
    await sleep(10);
  }
}

function memoryOf(child: ChildProcess): number {
  try {
    return proportionalBytes([child.pid ?? 0]);
  } catch {
    // One of its processes has just ended.
    return memoryOf(child);
  }
}

function family(pid: number): readonly number[] {
  try {
    return [pid, ...childrenOf(pid).flatMap(family)];
  } catch {
    return [];
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await gone;
}
