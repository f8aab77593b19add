import { performance } from 'node:perf_hooks';
import { hostname } from 'node:os';
import { Destinations } from '@headgate/shared/log/destinations';
import type { Logger } from '@headgate/shared/log/logger';
import { soon } from '@headgate/shared/process/exit';
import type { Running } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import { createBackend, type BackendRuntime } from '../backend/runtime.ts';
import { startChecks } from '../checks/run.ts';
import { explainShortage } from '../config/descriptors.ts';
import type { Bind, Frontend, Snapshot } from '../model/snapshot.ts';
import type { CreateEngine, Engine } from '../engine/contract.ts';
import { engines } from './engines.ts';
import type { FrontendContext } from '../exchange/context.ts';
import { decisionsOf } from '../rules/memory.ts';
import { createAccessLog } from '../log/access-log.ts';
import { createEventLog } from '../log/event-log.ts';
import { watchLosses } from '../log/losses.ts';
import { ConnectionLimit, type Limit } from './connection-limit.ts';
import { Listener } from './listener.ts';
import { Unreachable } from './unreachable.ts';
import { systemWorld } from './system-world.ts';

interface RunningFrontend {
  readonly config: Frontend;
  readonly engine: Engine;
  readonly listeners: readonly Listener[];
}

/** Starts everything a snapshot describes. Rejects, with nothing left behind, when an address cannot be bound. */
export async function startRouter(snapshot: Snapshot, logger: Logger): Promise<Running> {
  const shortage = explainShortage(snapshot.global.connections);
  if (shortage !== undefined) throw new StartFailure(shortage);
  const destinations = new Destinations();
  const logs = { destinations, pid: process.pid, hostname: hostname() };
  const backends = new Map<string, BackendRuntime>();
  for (const config of snapshot.backends.values()) {
    const events = createEventLog(config, logs);
    const backend = createBackend(config, {
      now: () => performance.now(),
      after,
      random: Math.random,
      report(severity, message) {
        events(severity, message);
        logger.log(severity, message);
      },
    });
    backends.set(config.name, backend);
  }

  const unreachable = new Unreachable(
    (message) => logger.log('warning', message),
    () => performance.now(),
  );
  const total: Limit = { value: 0, max: snapshot.global.maxconn };
  const waiting: Limit = { value: 0, max: snapshot.global.connections.waiting };
  const create: Partial<Record<Frontend['engine'], CreateEngine>> = {};
  const drained = Promise.withResolvers<void>();
  let draining = false;
  const placeFreed = (): void => {
    for (const { listeners } of running) for (const listener of listeners) listener.limit.next();
    if (draining && total.value === 0) drained.resolve();
  };
  const world = systemWorld(snapshot.global.nbproc);
  const running: RunningFrontend[] = snapshot.frontends.map((config) => {
    const frontendLimit: Limit = { value: 0, max: config.maxconn };
    const access = createAccessLog(config, logs);
    const events = createEventLog(config, logs);
    const context: FrontendContext = {
      config,
      global: snapshot.global,
      backends,
      decide: decisionsOf(config),
      world,
      counts: { process: total, frontend: frontendLimit },
      log: (record) => access.write(record),
      event(severity, message) {
        events(severity, message);
        logger.log(severity, message);
      },
      unreachable: (server, reason) => unreachable.tell(server, reason),
      report: (severity, message) => logger.log(severity, message),
    };
    const engine = (create[config.engine] ??= engines[config.engine]())(context);
    const listeners = config.binds.map((bind, index) => {
      const limits = [total, frontendLimit, { value: 0, max: bind.maxconn }];
      return new Listener(numbered(bind, index), context, engine, new ConnectionLimit(limits, waiting, placeFreed));
    });
    return { config, engine, listeners };
  });

  const checks = startChecks([...backends.values()], {
    now: () => performance.now(),
    after,
    random: Math.random,
    spreadChecks: snapshot.global.spreadChecks,
  });
  const losses = watchLosses(destinations, logger, after);

  const close = async (): Promise<void> => {
    for (const { listeners, engine } of running) {
      for (const listener of listeners) listener.stop();
      engine.close();
    }
    checks.stop();
    losses.end();
    await destinations.flush();
    destinations.close();
  };

  const drain = async (): Promise<void> => {
    // Before the ports close: answers say that their connection ends, and new connections are served once.
    for (const { engine } of running) engine.drain();
    await Promise.all(running.flatMap(({ listeners }) => listeners.map((listener) => listener.drain())));
    draining = true;
    if (total.value > 0) await drained.promise;
    // Who reads the log, and does not, keeps nobody from the end.
    await soon(destinations.flush());
  };

  try {
    const addresses: string[] = [];
    for (const { listeners } of running) for (const listener of listeners) addresses.push(await listener.listen());
    return { addresses, drain, close };
  } catch (error) {
    await soon(close());
    throw error;
  }
}

/** A bind without a name is called by its number in the frontend, as HAProxy calls it. */
function numbered(bind: Bind, index: number): Bind {
  return bind.name === '' ? { ...bind, name: String(index + 1) } : bind;
}

function after(ms: number, fn: () => void): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  return { cancel: () => clearTimeout(timer) };
}
