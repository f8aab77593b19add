import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestProcess } from './process.ts';
import type { StartOptions } from './process.ts';
import { anonymousMemoryOf, memoryOf, socketsOf } from './sockets.ts';
import { PATIENCE, until } from './until.ts';

/** Set SOAK_SECONDS=300 for a real soak; a few seconds are enough to detect a leak per request. */
export const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 7);
/** The time limit of a test with a soak, in milliseconds. */
export const SOAK_TIMEOUT = SECONDS * 1000 + 60_000 * PATIENCE;

const MEGABYTE = 1 << 20;
/** What Node.js may still take in the second half of a soak without having leaked: garbage that is not collected yet. */
const SLACK = 80 * MEGABYTE;
/** What a program may have in use after a soak and not before, when all garbage is collected: code compiled for the traffic, and pools. */
const USED = 8 * MEGABYTE;
/**
 * What it may have resident more than before: malloc keeps what lies between blocks in use, at most what there ever was, and V8
 * collects when 64 MB have gathered outside its heap. The rest is compiled code.
 */
const KEPT = 80 * MEGABYTE;
/** Visitors of each kind at a time. */
const CROWD = 2;

/** How the programs of a soak are started: their memory is compared when they have collected what is garbage. */
export const COLLECTING: StartOptions = {
  env: { NODE_OPTIONS: `--import=${import.meta.resolve('./collect-on-signal.ts')}` },
};

export interface Soak {
  /** The programs that must not leak, by name, started with `COLLECTING`. */
  readonly programs: Readonly<Record<string, TestProcess>>;
  /** What one kind of visitor does, again and again. It may fail: a dying server cuts clients off. It may not see a wrong response (AssertionError). */
  readonly visits: Readonly<Record<string, () => Promise<void>>>;
  /** What else happens meanwhile; ends soon after `running` returns false. */
  readonly meanwhile?: (running: () => boolean) => Promise<void>;
}

/**
 * Runs all visits for SECONDS. Sockets must then be back to their first number and memory near its first size, and memory must not
 * have grown in the second half.
 */
export async function soak(t: TestContext, { programs, visits, meanwhile }: Soak): Promise<void> {
  const gauges = await Promise.all(Object.entries(programs).map(([name, program]) => gaugeOf(name, program)));
  let end = performance.now() + SECONDS * 1000;
  const running = (): boolean => performance.now() < end;
  const counts = new Map<string, number>();
  const visitor = async (name: string, visit: () => Promise<void>): Promise<void> => {
    while (running()) {
      await visit().catch((failure: unknown) => {
        if (!(failure instanceof assert.AssertionError)) return;
        end = 0;
        throw failure;
      });
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await pause(2);
    }
  };
  const measuring = async (): Promise<void> => {
    while (running()) {
      await pause(SECONDS * 100);
      await Promise.all(gauges.map((gauge) => gauge.read()));
    }
  };
  // All of them end before the test does: a server started after its end would never be stopped.
  const ends = await Promise.allSettled([
    ...Object.entries(visits).flatMap(([name, visit]) => Array.from({ length: CROWD }, () => visitor(name, visit))),
    measuring(),
    meanwhile?.(running),
  ]);
  for (const ending of ends) if (ending.status === 'rejected') throw ending.reason;
  t.diagnostic([...counts].map(([name, count]) => `${name} ${count}`).join(', '));
  for (const gauge of gauges) await gauge.check(t);
}

interface Gauge {
  /** Notes the memory now. */
  read(): Promise<void>;
  check(t: TestContext): Promise<void>;
}

async function gaugeOf(name: string, program: TestProcess): Promise<Gauge> {
  const { pid } = program;
  const sockets = await socketsOf(pid);
  const first = await collected(program);
  const memory: number[] = [];
  return {
    read: async () => void memory.push(await memoryOf(pid)),
    async check(t) {
      assert.ok(program.running, program.output);
      await until(`${sockets} sockets of ${name}, as before`, async () => (await socketsOf(pid)) <= sockets);
      memory.push(await memoryOf(pid));
      const last = await collected(program);
      const compared = (of: keyof Memory): string =>
        `${inMegabytes(first[of])} MiB before, ${inMegabytes(last[of])} after`;
      t.diagnostic(`${name}: ${sockets} sockets, MiB over time: ${memory.map(inMegabytes).join(' ')}`);
      t.diagnostic(`${name}, collected: ${compared('used')} in use, ${compared('resident')} resident`);
      assert.ok(last.used - first.used < USED, `${name} leaks: ${compared('used')} in use`);
      assert.ok(last.resident - first.resident < KEPT, `${name} keeps memory: ${compared('resident')} resident`);
      const half = memory.slice(memory.length / 2);
      assert.ok((half.at(-1) ?? 0) - (half[0] ?? 0) < SLACK, `${name} does not keep growing in the second half`);
    },
  };
}

/** In bytes, when all garbage is collected. */
export interface Memory {
  /** The heap, and buffers outside it. */
  readonly used: number;
  /** Without pages of files, which the kernel can drop. */
  readonly resident: number;
}

/** What a program that was started with `COLLECTING` has after a collection. */
export async function collected(program: TestProcess): Promise<Memory> {
  const reports = (): string[] => program.stderr.match(/^collected: \d+$/gm) ?? [];
  const before = reports().length;
  program.signal('SIGWINCH');
  await until('a collection', () => reports().length > before);
  return { used: Number(reports().at(-1)?.slice(11)), resident: await anonymousMemoryOf(program.pid) };
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}
