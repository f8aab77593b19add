import { formatProblem, type Problem } from '../config/problem.ts';
import type { Fields, Logger, Severity } from '../log/logger.ts';
import { soon } from './exit.ts';
import type { Loaded, Running } from './product.ts';

/** A configuration that holds errors. `problems` are all of them, each with its place; the message has one on each line. */
export class ConfigurationError extends Error {
  readonly code = 'HG_CONFIGURATION';
  override readonly name = 'ConfigurationError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** Takes what a program says of itself. Access lines go where its configuration says. */
export interface EmbeddedLogger {
  log(severity: Severity, message: string, fields?: Fields): void;
}

export interface CloseOptions {
  /** Milliseconds for what is open to finish, after which it is closed; 0 closes at once. 30 seconds when not given. */
  readonly within?: number;
}

/** One of our programs inside another program's process. */
export interface Embedded<Configuration> {
  /** Binds every address of the configuration and serves. Rejects, listening nowhere, when one of them cannot be bound. */
  listen(): Promise<void>;
  /** Where it listens, in the order of the configuration: `127.0.0.1:8080`, `/run/router.sock`. A configured port 0 is the port the system chose. */
  readonly addresses: readonly string[];
  /**
   * Goes on under another configuration, without closing a connection whose route is still there. Rejects with a
   * ConfigurationError, or when an address cannot be bound; then the configuration before serves on.
   */
  apply(config: Configuration): Promise<void>;
  /** Stops accepting, lets what is open finish, and closes what is left. */
  close(options?: CloseOptions): Promise<void>;
}

/** A program that can put one configuration after another into effect. */
export interface Embeddable<Configuration, Snapshot> {
  readonly name: string;
  readonly load: (config: Configuration) => Promise<Loaded<Snapshot>>;
  /** `renew` applies the configuration in effect again, with what its files hold now. It never rejects. */
  readonly create: (
    logger: Logger,
    renew: () => Promise<void>,
  ) => Running & { apply(snapshot: Snapshot): Promise<void> };
}

/** How long `close` waits for what is open, in milliseconds. */
const PATIENCE = 30_000;

const QUIET: ReadonlySet<Severity> = new Set(['notice', 'info', 'debug']);

/**
 * Makes a program for use inside another one; `listen` starts it. Without a logger, warnings and worse go to standard error.
 * Rejects with a ConfigurationError that names every problem of the configuration.
 */
export async function embed<Configuration, Snapshot>(
  { name, load, create }: Embeddable<Configuration, Snapshot>,
  config: Configuration,
  own: EmbeddedLogger | undefined,
): Promise<Embedded<Configuration>> {
  const log: EmbeddedLogger['log'] = (severity, message, fields) => {
    if (own !== undefined) own.log(severity, message, fields);
    else if (!QUIET.has(severity)) process.stderr.write(`${name}: ${severity}: ${message}\n`);
  };
  const compiled = async (next: Configuration): Promise<Snapshot> => {
    const { snapshot, problems } = await load(next);
    if (snapshot === undefined) throw new ConfigurationError(problems);
    for (const problem of problems) log('warning', formatProblem(problem));
    return snapshot;
  };
  let current = config;
  let snapshot = await compiled(current);
  let running: ReturnType<typeof create> | undefined;
  let closed = false;
  const renew = async (): Promise<void> => {
    try {
      await running?.apply(await compiled(current));
    } catch (error) {
      log('err', `not applied again: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    get addresses() {
      return running?.addresses ?? [];
    },

    async listen() {
      if (closed || running !== undefined) throw new Error(`${name} ${closed ? 'is closed' : 'listens already'}`);
      const started = (running = create({ log, flush: async () => undefined }, renew));
      try {
        await started.apply(snapshot);
      } catch (error) {
        running = undefined;
        await soon(started.close());
        throw error;
      }
    },

    async apply(next) {
      if (closed) throw new Error(`${name} is closed`);
      const wanted = await compiled(next);
      await running?.apply(wanted);
      snapshot = wanted;
      current = next;
    },

    async close({ within = PATIENCE } = {}) {
      closed = true;
      if (running === undefined) return;
      const deadline = Promise.withResolvers<void>();
      const timer = setTimeout(deadline.resolve, within);
      if (within > 0) await Promise.race([running.drain(within), deadline.promise]);
      clearTimeout(timer);
      await running.close();
    },
  };
}
