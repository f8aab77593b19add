import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Logger } from '../log/logger.ts';
import { followPaths } from '../net/node/inherited.ts';
import { takeEarlyHangup } from './early-signals.ts';
import type { Death, Report } from './daemon.ts';
import { soon } from './exit.ts';
import type { Predecessor } from './handover.ts';
import { OldProcesses, uptimeOf, type ProcessRow } from './old-processes.ts';
import { releaseStartMemory } from './start-memory.ts';
import { becomeIdentity } from './identity.ts';
import { checkPidFile, removePidFile, writePidFile } from './pid-file.ts';
import type { ProcessSettings, Product, Reloadable, Reloaded, Running } from './product.ts';
import { placesOf } from './places.ts';
import type { Reads } from './reads.ts';
import { Reloader } from './reload.ts';
import { listenForStop } from './stop-signals.ts';
import type { StopRequest } from './stop-signals.ts';
import { explainFailure } from './start-failure.ts';
import { supervisorOf } from './supervisor.ts';
import type { Primary } from './workers/primary.ts';

/** Asks for a new process, which takes over: an upgrade of the program. */
const UPGRADE = 'SIGPWR';

/** How long SIGTERM, SIGINT and SIGQUIT wait for open work when `hard-stop-after` is not set, in milliseconds. */
const defaultHardStop = 30_000;

/** Processes that have handed over and still have connections, when `mworker-max-reloads` is not set. */
const MOST_OLD = 10;

/** Milliseconds in which the supervisor and the process that took over may both ask an old one to stop: that is one stop. */
const SAME_STOP = 1000;

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
  /** Those that served before this one and have not ended. */
  readonly old?: OldProcesses;
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
  old = new OldProcesses(),
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
  const upgrading = Promise.withResolvers<Upgrade>();
  const upgrade: Upgrade = async () => (await upgrading.promise)();
  process.on(UPGRADE, () => void upgrade());
  const processes = (): readonly ProcessRow[] => [...ownRows(product.version, primary), ...old.rows];
  const running = await startOrLetGo();
  if (pidFile !== undefined) {
    // At exit, whatever ends the process: a crash removes the file too.
    process.once('exit', () => removePidFile(pidFile));
  }
  logger.log('notice', `serving on ${placesOf(running.addresses)}`, { version: product.version, pid: process.pid });
  await onServing(running.addresses);
  // That of a half is told by headgate when the one before it has left.
  if (predecessor !== undefined) followPaths('ours');
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
  const handedOver = (): void => {
    followPaths('left');
    const { oldProcesses: most = MOST_OLD } = product.settings(reloads.snapshot);
    old.limit(most);
    requests.ask({ kind: 'handed-over', signal: UPGRADE });
    if (most === 0) requests.ask({ kind: 'stop', signal: UPGRADE });
  };
  // The new process may have written its own before it failed, and removed it, or been killed.
  const keepPidFile = (): void => {
    try {
      if (pidFile !== undefined) writePidFile(pidFile);
    } catch (error) {
      logger.log('warning', explainFailure(error));
    }
  };
  const exchange = running.upgrade?.bind(running);
  upgrading.resolve(
    exchange === undefined
      ? upgrader(handOver, logger, { done: handedOver, failed: keepPidFile })
      : exchanger(exchange, logger),
  );

  const request = await requests.next();
  reloads.end();
  onStopping();
  try {
    // The successor has reported, and shows signs of life: to the supervisor this process is no longer the service.
    if (request.kind === 'handed-over') void supervisor.end();
    else supervisor.stopping();
    const { hardStopAfter } = product.settings(reloads.snapshot);
    return await stop(withOld(running, old), request, requests, hardStopAfter, logger);
  } finally {
    await soon(supervisor.end());
  }

  async function startOrLetGo(): Promise<Reloadable<Snapshot>> {
    let started: Reloadable<Snapshot> | undefined;
    try {
      const crew = primary?.crew;
      started = await product.start(snapshot, { logger: workLogger, reload, replace, renew, upgrade, processes, crew });
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
  requests: StopRequests,
  hardStopAfter: number,
  logger: Logger,
): Promise<number> {
  const { kind, signal } = request;
  const deadline = hardStopAfter > 0 ? hardStopAfter : kind === 'stop' ? defaultHardStop : undefined;
  const until = deadline === undefined ? 'without a deadline' : `for at most ${deadline / 1000} s`;
  logger.log('notice', `stopping on ${signal}: finishing open requests, ${until}`);
  let timer: NodeJS.Timeout | undefined;
  const drained = running.drain(deadline, kind === 'handed-over');
  const ends: Promise<'drained' | 'deadline' | StopRequest>[] = [drained.then(() => 'drained'), requests.next()];
  if (deadline !== undefined) {
    ends.push(new Promise((resolve) => (timer = setTimeout(resolve, deadline, 'deadline'))));
  }
  const end = await Promise.race(ends);
  clearTimeout(timer);
  // What was left to take its time is stopped now, as it would have been without a successor.
  if (typeof end === 'object' && kind === 'handed-over') return stop(running, end, requests, hardStopAfter, logger);
  try {
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
    await soon(running.close());
  }
}

/** This process and its workers. */
function ownRows(version: string, primary: { readonly pids: readonly number[] } | undefined): readonly ProcessRow[] {
  const row = (pid: number, kind: ProcessRow['kind']): ProcessRow => ({
    pid,
    kind,
    upgrades: 0,
    uptime: uptimeOf(pid),
    version,
  });
  if (primary === undefined) return [row(process.pid, 'worker')];
  return [row(process.pid, 'master'), ...primary.pids.map((pid) => row(pid, 'worker'))];
}

/** A stop is meant for those that handed over too. They have deadlines of their own. */
function withOld(running: Running, old: OldProcesses): Running {
  return {
    addresses: running.addresses,
    async drain(within, handedOver = false) {
      if (handedOver) return running.drain(within, handedOver);
      // Without a deadline they go on as they do, and the end is still that of the last.
      if (within !== undefined) old.signal('SIGTERM');
      await Promise.all([running.drain(within), old.ended()]);
    },
    close: () => running.close(),
  };
}

interface StopRequests {
  /** The next one that asks for more than those before it: a repeated soft stop does not cut the drain short. */
  readonly next: () => Promise<StopRequest>;
  readonly ask: (request: StopRequest) => void;
  readonly end: () => void;
}

function stopRequests(): StopRequests {
  const asked: StopRequest[] = [];
  let waiting: ((request: StopRequest) => void) | undefined;
  let last: StopRequest['kind'] | undefined;
  /** Set in a process that has handed over, when it is stopped. */
  let since = Number.NEGATIVE_INFINITY;
  const ask = (request: StopRequest): void => {
    if (last !== undefined && request.kind !== 'stop') return;
    if (performance.now() - since < SAME_STOP) return;
    if (last === 'handed-over') since = performance.now();
    last = request.kind;
    if (waiting !== undefined) waiting(request);
    else asked.push(request);
    waiting = undefined;
  };
  const next = (): Promise<StopRequest> =>
    new Promise((resolve) => {
      const request = asked.shift();
      if (request === undefined) waiting = resolve;
      else resolve(request);
    });
  return { ask, next, end: listenForStop(ask) };
}

/** Brings the version that is now on disk into service. Resolves with why it could not. */
type Upgrade = () => Promise<string | undefined>;

/** Exchanges the processes of a program whose own process stays. */
function exchanger(exchange: () => Promise<void>, logger: Logger): Upgrade {
  return async () => {
    try {
      await exchange();
      return undefined;
    } catch (error) {
      const reasons = explainFailure(error);
      logger.log('err', `not handed over, the processes serve on: ${reasons}`);
      return reasons;
    }
  };
}

/** Asks a new process to take over; once it serves, `then` stops this one. Otherwise this one serves on. */
function upgrader(
  handOver: () => Promise<Report | Death>,
  logger: Logger,
  { done, failed }: { readonly done: () => void; readonly failed: () => void },
): Upgrade {
  let upgrading = false;
  return async () => {
    if (upgrading) return 'a new process is taking over already';
    upgrading = true;
    const report = await handOver();
    if (report.kind === 'serving') {
      logger.log('notice', `handed over: ${report.text.trimEnd()}`);
      // The operator that asked is answered first.
      setImmediate(done);
      return undefined;
    }
    upgrading = false;
    failed();
    const reasons = report.text.trimEnd();
    logger.log('err', `not handed over, this process serves on: ${reasons}`);
    return reasons;
  };
}
