import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from './contenders.ts';
import { missingCommands } from './machine.ts';
import type { Case, NamedLoad, Reach, Row, Sample } from './measure/sample.ts';
import { collections, countingCollections } from './measure/collections.ts';
import { processorSeconds, proportionalBytes, residentBytes } from './measure/usage.ts';
import { served } from './origin.ts';
import type { Origins } from './origin.ts';
import { startProcess } from './process.ts';
import type { Started } from './process.ts';
import { freePort } from '../test/support/ports.ts';

export interface Surroundings {
  readonly directory: string;
  readonly origins: Origins;
  /** UDP port that receives access logs. */
  readonly sink: number;
  readonly certificates: Readonly<Record<'rsa' | 'ec', string>>;
  /** The core of the contenders, and that of everything else. */
  readonly cores: { readonly measured: number; readonly load: number };
  /** See Reach and Pace. */
  readonly scale: number;
  readonly settle: number;
  readonly warmUp: number;
}

/** Milliseconds between two scrapes of a row that is watched: fifteen times what is usual. */
const SCRAPED_EVERY = 1000;

/** Maximum number of times the loads are run to warm up a contender. */
const WARM_UP_TURNS = 4;

/** A contender is quiet when it uses no more than `most` seconds of processor time in `interval` milliseconds. */
const QUIET = { interval: 200, most: 0.02, limit: 5_000 } as const;

/** The running contender of a row. */
export interface Running {
  /** Runs one load and measures its cost. */
  readonly measure: (load: NamedLoad, seconds: number) => Promise<Sample>;
  readonly stop: () => Promise<void>;
}

/** Starts a row's contender, checks that it answers correctly, and warms it up. On failure stops it and throws. */
export async function startRow(kase: Case, row: Row, around: Surroundings): Promise<Running> {
  const { started, reach, counters } = await start(kase, row, around);
  const pids = started.map(({ pid }) => pid);
  const scrape =
    row.place?.watched === true ? setInterval(() => void scrapeMetrics(reach.port), SCRAPED_EVERY) : undefined;
  const stop = (): Promise<void> => {
    clearInterval(scrape);
    return stopAll(started);
  };
  try {
    await kase.verify(reach);
    await warmUp(kase, row, reach, pids, around.warmUp);
  } catch (error) {
    await stop();
    throw error;
  }
  return { measure: (load, seconds) => measure(load, reach, { pids, counters }, seconds), stop };
}

/** What Prometheus does. One that comes while the contender stops is lost. */
async function scrapeMetrics(port: number): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/metrics`)
    .then((answer) => answer.text())
    .catch(() => undefined);
}

interface Launched {
  readonly started: readonly Started[];
  readonly reach: Reach;
  /** Files in which Node programs count their collections. */
  readonly counters: readonly string[];
}

async function start(kase: Case, row: Row, around: Surroundings): Promise<Launched> {
  const contender = contenders[row.contender];
  const missing = missingCommands(contender.needs);
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} not installed`);
  const { logged, ...wishes } = row.place ?? {};
  const accept = await freePort();
  const directory = join(around.directory, `port-${accept}`);
  mkdirSync(directory, { recursive: true });
  const parts = contender.parts({
    directory,
    accept,
    connect: around.origins[kase.origin],
    between: await freePort(),
    certificate: around.certificates[kase.key ?? 'ec'],
    proxied: false,
    close: false,
    log: logged === undefined ? undefined : logged === 'stdout' ? 'stdout format raw' : `127.0.0.1:${around.sink}`,
    maxconn: 9000,
    ...wishes,
  });
  const started: Started[] = [];
  const counters: string[] = [];
  try {
    for (const { files = {}, command, listens } of parts) {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
      const counter = join(directory, `collections-${started.length}`);
      // Memory and start-up are measured without the counter.
      const counted = kase.item === 'request' ? countingCollections(command, counter) : { command, env: {} };
      if (counted.command !== command) counters.push(counter);
      started.push(await startProcess(counted.command, { core: around.cores.measured, listens, env: counted.env }));
    }
  } catch (error) {
    await stopAll(started);
    throw error;
  }
  const pids = started.map(({ pid }) => pid);
  const origin = around.origins[kase.origin];
  return {
    started,
    counters,
    reach: {
      served: () => served(origin),
      port: parts.length === 0 ? origin : accept,
      tls: contender.tls,
      directory: around.directory,
      core: around.cores.load,
      scale: around.scale,
      settle: around.settle,
      memory: () => residentBytes(pids),
      proportional: () => proportionalBytes(pids),
      startUp: {
        seconds: started.reduce((sum, { seconds }) => sum + seconds, 0),
        processor: processorSeconds(pids),
      },
      begin: () => {},
    },
  };
}

async function stopAll(started: readonly Started[]): Promise<void> {
  await Promise.all(started.map(({ stop }) => stop()));
}

/**
 * Runs the loads until the contender has used the given processor time: on a busy machine wall-clock time says little about
 * warm-up.
 */
async function warmUp(kase: Case, row: Row, reach: Reach, pids: readonly number[], most: number): Promise<void> {
  const seconds = contenders[row.contender].compiles ? most : most / 3;
  const loads = kase.warmUp === undefined ? kase.loads : [kase.warmUp];
  const before = processorSeconds(pids);
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
    for (const load of loads) await load.run(reach, Math.max(Math.min(1, most), seconds / loads.length));
    if (processorSeconds(pids) - before >= seconds) return;
  }
}

interface Watched {
  readonly pids: readonly number[];
  readonly counters: readonly string[];
}

async function measure(load: NamedLoad, reach: Reach, { pids, counters }: Watched, seconds: number): Promise<Sample> {
  await quiet(pids);
  const now = (): { processor: number; collected: number | undefined } => ({
    processor: processorSeconds(pids),
    collected: collections(counters),
  });
  let before = now();
  const begin = (): void => void (before = now());
  const done = await load.run({ ...reach, begin }, seconds);
  const after = now();
  return {
    ...done,
    processor: done.processor ?? after.processor - before.processor,
    resident: residentBytes(pids),
    ...(after.collected === undefined ? {} : { collections: after.collected - (before.collected ?? 0) }),
  };
}

/** Waits until a contender has finished the aftermath of the previous load: closing connections, collecting memory. */
async function quiet(pids: readonly number[]): Promise<void> {
  const until = Date.now() + QUIET.limit;
  let used: number;
  do {
    const before = processorSeconds(pids);
    await sleep(QUIET.interval);
    used = processorSeconds(pids) - before;
  } while (used > QUIET.most && Date.now() < until);
}
