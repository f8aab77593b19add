import { formatProblem } from '@headgate/shared/config/problem';
import type { Fields, Logger, Severity } from '@headgate/shared/log/logger';
import { soon } from '@headgate/shared/process/exit';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { RouterRuntime } from '../run/runtime.ts';
import { readConfiguration, type Configuration } from './configuration.ts';

/** Takes what a router says of itself: servers up and down, refused requests, warnings. Access lines go where `log` says. */
export interface RouterLogger {
  log(severity: Severity, message: string, fields?: Fields): void;
}

export interface RouterOptions {
  readonly config: Configuration;
  /** Warnings and worse go to standard error when there is none. */
  readonly logger?: RouterLogger;
  /** What frontends with `engine http-proxy` call for each request and answer. */
  readonly hooks?: Hooks;
}

export interface CloseOptions {
  /** Milliseconds for what is open to finish, after which it is closed; 0 closes at once. 30 seconds when not given. */
  readonly within?: number;
}

/** A router inside this process. */
export interface Router {
  /** Binds every address of the configuration and serves. Rejects, listening nowhere, when one of them cannot be bound. */
  listen(): Promise<void>;
  /** Where it listens, in the order of the configuration: `127.0.0.1:8080`, `/run/router.sock`. A configured port 0 is the port the system chose. */
  readonly addresses: readonly string[];
  /**
   * Goes on under another configuration, without closing a connection whose route is still there. Rejects with a
   * ConfigurationError, or with NotApplied when an address cannot be bound; then the configuration before serves on.
   */
  apply(config: Configuration): Promise<void>;
  /** Stops accepting, lets what is open finish, and closes what is left. */
  close(options?: CloseOptions): Promise<void>;
}

/** How long `close` waits for what is open, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Makes a router; `listen` starts it. Rejects with a ConfigurationError that names every problem of the configuration.
 *
 * @example
 * const router = await createRouter({
 *   config: {
 *     defaults: { mode: 'http', timeout: { client: '1m', connect: '5s', server: '1m' } },
 *     frontends: { all: { bind: '127.0.0.1:8080', default_backend: 'app' } },
 *     backends: { app: { servers: { one: '127.0.0.1:3000' } } },
 *   },
 * });
 * await router.listen();
 */
export async function createRouter({ config, logger = standardError, hooks = {} }: RouterOptions): Promise<Router> {
  let snapshot: Snapshot = await compiled(config, logger);
  let runtime: RouterRuntime | undefined;
  let closed = false;
  return {
    get addresses() {
      return runtime?.addresses ?? [];
    },

    async listen() {
      if (closed || runtime !== undefined)
        throw new Error(closed ? 'the router is closed' : 'the router listens already');
      const started = (runtime = new RouterRuntime(withFlush(logger), hooks));
      try {
        await started.apply(snapshot);
      } catch (error) {
        runtime = undefined;
        await soon(started.close());
        throw error;
      }
    },

    async apply(next) {
      if (closed) throw new Error('the router is closed');
      const compiledNext = await compiled(next, logger);
      await runtime?.apply(compiledNext);
      snapshot = compiledNext;
    },

    async close({ within = PATIENCE } = {}) {
      closed = true;
      if (runtime === undefined) return;
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, within);
      if (within > 0) await Promise.race([runtime.drain(), timer.promise]);
      clearTimeout(timeout);
      await runtime.close();
    },
  };
}

async function compiled(config: Configuration, logger: RouterLogger): Promise<Snapshot> {
  const { snapshot, warnings } = await readConfiguration(config);
  for (const problem of warnings) logger.log('warning', formatProblem(problem));
  return snapshot;
}

function withFlush(logger: RouterLogger): Logger {
  return { log: (severity, message, fields) => logger.log(severity, message, fields), flush: async () => undefined };
}

const QUIET: ReadonlySet<Severity> = new Set(['notice', 'info', 'debug']);

const standardError: RouterLogger = {
  log(severity, message) {
    if (!QUIET.has(severity)) process.stderr.write(`router: ${severity}: ${message}\n`);
  },
};
