import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from './contenders.ts';
import { missingCommands } from './machine.ts';
import type { Case, NamedLoad, Reach, Row, Sample } from './measure/sample.ts';
import { processorSeconds, residentBytes } from './measure/usage.ts';
import { served } from './origin.ts';
import type { Origins } from './origin.ts';
import { startProcess } from './process.ts';
import type { Started } from './process.ts';
import { freePort } from '../test/support/ports.ts';

export interface Surroundings {
  readonly directory: string;
  readonly origins: Origins;
  /** UDP port that takes access logs. */
  readonly sink: number;
  readonly certificates: Readonly<Record<'rsa' | 'ec', string>>;
  /** Where the contenders run, and everything else. */
  readonly cores: { readonly measured: number; readonly load: number };
  /** See Reach. */
  readonly scale: number;
}

/** Seconds of load before the first measurement: what Node compiles while it runs needs at least three. */
const WARM_UP = { compiles: 3, otherwise: 1 } as const;

/** A contender is quiet when it uses no more than `most` seconds of processor time in `interval` milliseconds. */
const QUIET = { interval: 200, most: 0.02, limit: 5_000 } as const;

/** One row's contender, alive. */
export interface Running {
  /** Runs one load and tells what it cost. */
  readonly measure: (load: NamedLoad, seconds: number) => Promise<Sample>;
  readonly stop: () => Promise<void>;
}

/** Starts a row's contender, checks that it answers rightly, and warms it up. Throws, with nothing left running, if it cannot. */
export async function startRow(kase: Case, row: Row, around: Surroundings): Promise<Running> {
  const { started, reach } = await start(kase, row, around);
  const pids = started.map(({ pid }) => pid);
  const stop = (): Promise<void> => stopAll(started);
  try {
    await kase.verify(reach);
    await warmUp(kase, row, reach);
  } catch (error) {
    await stop();
    throw error;
  }
  return { measure: (load, seconds) => measure(load, reach, pids, seconds), stop };
}

async function start(kase: Case, row: Row, around: Surroundings): Promise<{ started: Started[]; reach: Reach }> {
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
  try {
    for (const { files = {}, command, listens } of parts) {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
      started.push(await startProcess(command, { core: around.cores.measured, listens }));
    }
  } catch (error) {
    await stopAll(started);
    throw error;
  }
  const memory = (): number => residentBytes(started.map(({ pid }) => pid));
  const origin = around.origins[kase.origin];
  return {
    started,
    reach: {
      served: () => served(origin),
      port: accept,
      tls: contender.tls,
      directory: around.directory,
      core: around.cores.load,
      scale: around.scale,
      memory,
      begin: () => {},
    },
  };
}

async function stopAll(started: readonly Started[]): Promise<void> {
  await Promise.all(started.map(({ stop }) => stop()));
}

async function warmUp(kase: Case, row: Row, reach: Reach): Promise<void> {
  const seconds = contenders[row.contender].compiles ? WARM_UP.compiles : WARM_UP.otherwise;
  const loads = kase.warmUp === undefined ? kase.loads : [kase.warmUp];
  for (const load of loads) await load.run(reach, Math.max(1, seconds / loads.length));
}

async function measure(load: NamedLoad, reach: Reach, pids: readonly number[], seconds: number): Promise<Sample> {
  await quiet(pids);
  let before = processorSeconds(pids);
  const begin = (): void => void (before = processorSeconds(pids));
  const done = await load.run({ ...reach, begin }, seconds);
  return { ...done, processor: processorSeconds(pids) - before, resident: residentBytes(pids) };
}

/** Waits until a contender has dealt with what the load before left behind: connections to close, memory to collect. */
async function quiet(pids: readonly number[]): Promise<void> {
  const until = Date.now() + QUIET.limit;
  let used: number;
  do {
    const before = processorSeconds(pids);
    await sleep(QUIET.interval);
    used = processorSeconds(pids) - before;
  } while (used > QUIET.most && Date.now() < until);
}
