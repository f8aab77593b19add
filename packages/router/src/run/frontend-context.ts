import type { Logger } from '@headgate/shared/log/logger';
import type { PasswordChecks } from '../auth/checks.ts';
import type { FrontendContext } from '../exchange/context.ts';
import { createAccessLog } from '../log/access-log.ts';
import { createEventLog } from '../log/event-log.ts';
import type { FrontendCounters } from '../model/counters.ts';
import type { World } from '../model/evaluation.ts';
import type { Frontend, GlobalConfig } from '../model/snapshot.ts';
import { decisionsOf } from '../rules/memory.ts';
import type { Limit } from './connection-limit.ts';
import type { Names } from './names.ts';
import type { Statistics } from './statistics.ts';
import type { TableStore } from './tables.ts';
import type { Unreachable } from './unreachable.ts';

/** What the contexts of all frontends share. */
export interface SharedContext {
  readonly logger: Logger;
  readonly logs: Parameters<typeof createAccessLog>[1];
  readonly passwords: PasswordChecks;
  readonly tables: TableStore;
  readonly total: Limit;
  readonly statistics: Statistics;
  readonly unreachable: Unreachable;
  readonly names: Names;
  readonly serve: FrontendContext['serve'];
  readonly others: FrontendContext['others'];
}

/** What belongs to one frontend under one configuration. */
export interface OwnContext {
  readonly config: Frontend;
  readonly global: GlobalConfig;
  readonly backends: FrontendContext['backends'];
  readonly limit: Limit;
  readonly counters: FrontendCounters;
  readonly world: World;
}

/** The context in which requests of a frontend begin. */
export function frontendContext(
  { logger, logs, passwords, tables, total, statistics, unreachable, names, serve, others }: SharedContext,
  { config, global, backends, limit, counters, world }: OwnContext,
): FrontendContext {
  const access = createAccessLog(config, logs);
  const events = createEventLog(config, logs);
  return {
    config,
    global,
    backends,
    decide: decisionsOf(config, backends),
    passwords,
    lookUp: (resolvers, name, prefer, done) => names.lookUp(resolvers, name, prefer, done),
    tables: tables.all,
    world,
    counts: { process: total, frontend: limit },
    counters,
    process: statistics.process.counters,
    serve,
    others,
    log: (record, on) => access.write(record, on),
    event: (severity, message) => {
      events(severity, message);
      logger.log(severity, message);
    },
    unreachable: (server, reason) => unreachable.tell(server, reason),
    failed: (where, what) => statistics.note('warning', where, what),
    invalid: (message) => statistics.refused(message),
    report: (severity, message) => logger.log(severity, message),
  };
}
