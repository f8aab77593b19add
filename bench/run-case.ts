import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from './contenders.ts';
import type { ContenderName } from './contenders.ts';
import { missingCommands } from './machine.ts';
import { processorSeconds, residentBytes } from './measure/usage.ts';
import type { Case, NamedLoad, Reach, Row, Sample, Samples } from './measure/sample.ts';
import type { Origins } from './origin.ts';
import { startProcess } from './process.ts';
import type { Started } from './process.ts';
import { freePort } from '../test/support/ports.ts';

export interface Settings {
  readonly seconds: number;
  readonly rounds: number;
  readonly directory: string;
  readonly origins: Origins;
  readonly certificates: Readonly<Record<'rsa' | 'ec', string>>;
  /** Where the contenders run, and everything else. */
  readonly cores: { readonly measured: number; readonly load: number };
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly samples: Samples;
  /** Rows that were left out, and why. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** Seconds of load before the first measurement: what Node compiles while it runs needs at least three. */
const WARM_UP = { compiles: 3, otherwise: 1 } as const;

/** A contender is quiet when it uses no more than `most` seconds of processor time in `interval` milliseconds. */
const QUIET = { interval: 200, most: 0.02, limit: 5_000 } as const;

interface Running {
  readonly row: Row;
  readonly pids: readonly number[];
  readonly reach: Reach;
  readonly stop: () => Promise<void>;
}

/**
 * Starts every contender of a case, checks that each answers rightly, warms all up, and measures them in turns:
 * in each round every contender once, each round beginning with another one.
 */
export async function runCase(name: string, kase: Case, settings: Settings): Promise<Outcome> {
  const samples: Samples = {};
  const skipped: Record<string, string> = {};
  const running: Running[] = [];
  try {
    for (const row of kase.rows) {
      const reason = await prepare(name, kase, row, settings, running);
      if (reason !== undefined) settings.say(`  ${row.name}: left out, ${(skipped[row.name] = reason)}`);
    }
    for (let round = 0; round < settings.rounds; round += 1) {
      const first = round % Math.max(1, running.length);
      for (const one of [...running.slice(first), ...running.slice(0, first)]) {
        try {
          for (const load of kase.loads) ((samples[one.row.name] ??= {})[load.name] ??= []).push(await measure(one, load, settings.seconds));
        } catch (error) {
          skipped[one.row.name] = `failed in round ${round + 1}: ${messageOf(error)}`;
          settings.say(`  ${one.row.name}: left out, ${skipped[one.row.name]}`);
          delete samples[one.row.name];
          running.splice(running.indexOf(one), 1);
          await one.stop();
        }
      }
      settings.say(`  round ${round + 1} of ${settings.rounds}`);
    }
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
  return { samples, skipped };
}

async function prepare(name: string, kase: Case, row: Row, settings: Settings, running: Running[]): Promise<string | undefined> {
  const missing = missingCommands(contenders[row.contender].needs);
  if (missing.length > 0) return `${missing.join(' and ')} not installed`;
  try {
    const one = await start(name, kase, row, settings);
    running.push(one);
    try {
      await kase.verify(one.reach);
      const seconds = contenders[row.contender].compiles ? WARM_UP.compiles : WARM_UP.otherwise;
      for (const load of kase.loads) await load.run(one.reach, Math.max(1, seconds / kase.loads.length));
    } catch (error) {
      running.pop();
      await one.stop();
      throw error;
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function start(name: string, kase: Case, row: Row, settings: Settings): Promise<Running> {
  const contender = contenders[row.contender satisfies ContenderName];
  const accept = await freePort();
  const directory = join(settings.directory, name, row.name.replaceAll(/\W+/g, '-'));
  mkdirSync(directory, { recursive: true });
  const parts = contender.parts({
    directory,
    accept,
    connect: settings.origins[kase.origin],
    between: await freePort(),
    certificate: settings.certificates[kase.key ?? 'ec'],
    proxied: false,
    close: false,
    log: undefined,
    maxconn: 4096,
    ...row.place,
  });
  const started: Started[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(started.map((process) => process.stop())));
  try {
    for (const { files = {}, command, listens } of parts) {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
      started.push(await startProcess(command, { core: settings.cores.measured, listens }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = started.map(({ pid }) => pid);
  return { row, pids, stop, reach: { port: accept, tls: contender.tls, core: settings.cores.load, memory: () => residentBytes(pids), begin: () => {} } };
}

async function measure({ reach, pids }: Running, load: NamedLoad, seconds: number): Promise<Sample> {
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
