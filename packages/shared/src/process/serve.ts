import { constants } from 'node:os';
import type { Logger } from '../log/logger.ts';
import { takeEarlyHangup } from './early-signals.ts';
import type { Death, Report } from './daemon.ts';
import { soon } from './exit.ts';
import type { Predecessor } from './handover.ts';
import { releaseStartMemory } from './start-memory.ts';
import { becomeIdentity } from './identity.ts';
import { checkPidFile, removePidFile, writePidFile } from './pid-file.ts';
import type { ProcessSettings, Product, Reloadable, Reloaded, Running } from './product.ts';
import type { Reads } from './reads.ts';
import { Reloader } from './reload.ts';
import { listenForStop } from './stop-signals.ts';
import type { StopRequest } from './stop-signals.ts';
import { supervisorOf } from './supervisor.ts';
import type { Primary } from './workers/primary.ts';

/** Asks for a new process, which takes over: an upgrade of the program. */
const UPGRADE = 'SIGPWR';

/** How long SIGTERM, SIGINT and SIGQUIT wait for open work when `hard-stop-after` is not set, in milliseconds. */
const defaultHardStop = 30_000;

export interface Serving<Snapshot> {
  readonly product: Product<Snapshot>;
  readonly snapshot: Snapshot;
  /** What the snapshot was made from. */
  readonly reads: Reads;
  /** The files to read at a reload. */
  readonly files: () => readonly string[];
  /** The process that this one takes over from. */
  readonly predecessor: Predecessor | undefined;
  /** With workers. */
  readonly primary?: Primary<Snapshot> | undefined;
  /** Starts the process that takes over from this one. */
  readonly handOver: () => Promise<Report | Death>;
  readonly settings: ProcessSettings;
  readonly logger: Logger;
  /** For what the program logs while running. */
  readonly workLogger: Logger;
  /** Called once, when the program is listening and the pid file is written. */
  readonly onServing: (addresses: readonly string[]) => Promise<void>;
  /** Called when the drain begins. */
  readonly onStopping: () => void;
}

/**
 * Starts, serves until a signal ends it, and returns the exit code: 0 after a drain, even one cut short by the
 * deadline; 128 plus the signal's number when a second signal stopped it at once. Throws when the start fails.
 */
export async function serve<Snapshot>({
  product,
  snapshot,
  reads,
  files,
  predecessor,
  primary,
  handOver,
  settings,
  logger,
  workLogger,
  onServing,
  onStopping,
}: Serving<Snapshot>): Promise<number> {
  const { pidFile, identity } = settings;
  if (pidFile !== undefined) checkPidFile(pidFile, predecessor?.pid);

  const requests = stopRequests();
  const reloader = Promise.withResolvers<Reloader<Snapshot>>();
  const reload = async (why: string): Promise<Reloaded> => (await reloader.promise).reload(why);
  const replace = async (key: string, text: string): Promise<Reloaded> => (await reloader.promise).replace(key, text);
  // One that comes during the start is carried out after it.
  process.on('SIGHUP', () => void reload('SIGHUP'));
  if (takeEarlyHangup()) void reload('SIGHUP');
  const renew = async (paths: readonly string[]): Promise<Reloaded> => (await reloader.promise).renew(paths);
  const supervisor = supervisorOf(process.env, logger);
  const upgrade = upgrader(handOver, logger, () => requests.ask({ kind: 'stop', signal: UPGRADE }));
  process.on(UPGRADE, () => void upgrade());
  const running = await startOrLetGo();
  if (pidFile !== undefined) {
    // At exit, whatever ends the process: a crash removes the file too.
    process.once('exit', () => removePidFile(pidFile));
  }
  logger.log('notice', `serving on ${running.addresses.join(', ')}`, { version: product.version, pid: process.pid });
  await onServing(running.addresses);
  supervisor.serving(running.addresses);
  releaseStartMemory();
  const reloads = new Reloader({
    product,
    running,
    logger,
    files,
    first: { snapshot, files: files(), reads },
    busy: (reloading, result) => {
      if (reloading) supervisor.reloading();
      if (result !== undefined) supervisor.reloaded(result);
    },
  });
  reloader.resolve(reloads);

  const request = await requests.first;
  reloads.end();
  // The successor has reported: to the supervisor this process is no longer the service.
  if (request.signal !== UPGRADE) supervisor.stopping();
  onStopping();
  const { hardStopAfter } = product.settings(reloads.snapshot);
  try {
    return await stop(running, request, requests.second, hardStopAfter, logger);
  } finally {
    await soon(supervisor.end());
  }

  async function startOrLetGo(): Promise<Reloadable<Snapshot>> {
    let started: Reloadable<Snapshot> | undefined;
    try {
      const crew = primary?.crew;
      started = await product.start(snapshot, { logger: workLogger, reload, replace, renew, upgrade, crew });
      // In this order: usually only root may write pid files and bind the usual ports.
      if (pidFile !== undefined) writePidFile(pidFile, predecessor?.pid);
      if (identity !== undefined) becomeIdentity(identity, process);
      if (primary !== undefined) started = await primary.begin(started, snapshot);
      return started;
    } catch (error) {
      if (started !== undefined) {
        await soon(started.close());
        if (pidFile !== undefined) removePidFile(pidFile);
      }
      requests.end();
      throw error;
    }
  }
}

async function stop(
  running: Running,
  request: StopRequest,
  second: Promise<StopRequest>,
  hardStopAfter: number,
  logger: Logger,
): Promise<number> {
  const deadline = hardStopAfter > 0 ? hardStopAfter : request.kind === 'stop' ? defaultHardStop : undefined;
  const until = deadline === undefined ? 'without a deadline' : `for at most ${deadline / 1000} s`;
  logger.log('notice', `stopping on ${request.signal}: finishing open requests, ${until}`);
  let timer: NodeJS.Timeout | undefined;
  const ends: Promise<'drained' | 'deadline' | StopRequest>[] = [running.drain(deadline).then(() => 'drained'), second];
  if (deadline !== undefined) {
    ends.push(new Promise((resolve) => (timer = setTimeout(resolve, deadline, 'deadline'))));
  }
  try {
    const end = await Promise.race(ends);
    if (end === 'drained') {
      logger.log('notice', 'stopped: everything finished');
      return 0;
    }
    if (end === 'deadline') {
      logger.log('warning', 'stopped: deadline reached, remaining connections closed');
      return 0;
    }
    logger.log('warning', `stopped at once on a second signal, ${end.signal}: remaining connections closed`);
    return 128 + constants.signals[end.signal];
  } finally {
    clearTimeout(timer);
    await soon(running.close());
  }
}

/** The first two stop signals. A repeated soft stop does not cut the drain short. */
function stopRequests(): {
  first: Promise<StopRequest>;
  second: Promise<StopRequest>;
  ask: (request: StopRequest) => void;
  end: () => void;
} {
  const first = Promise.withResolvers<StopRequest>();
  const second = Promise.withResolvers<StopRequest>();
  let asked = false;
  const ask = (request: StopRequest): void => {
    if (!asked) first.resolve(request);
    else if (request.kind === 'stop') second.resolve(request);
    asked = true;
  };
  return { first: first.promise, second: second.promise, ask, end: listenForStop(ask) };
}

/** Asks a new process to take over; once it serves, `then` stops this one. Otherwise this one serves on. */
function upgrader(
  handOver: () => Promise<Report | Death>,
  logger: Logger,
  then: () => void,
): () => Promise<string | undefined> {
  let upgrading = false;
  return async () => {
    if (upgrading) return 'a new process is taking over already';
    upgrading = true;
    const report = await handOver();
    if (report.kind === 'serving') {
      logger.log('notice', `handed over: ${report.text.trimEnd()}`);
      // The operator that asked is answered first.
      setImmediate(then);
      return undefined;
    }
    upgrading = false;
    const reasons = report.text.trimEnd();
    logger.log('err', `not handed over, this process serves on: ${reasons}`);
    return reasons;
  };
}
