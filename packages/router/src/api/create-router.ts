import { embed, type Embedded, type EmbeddedLogger } from '@headgate/shared/process/embed';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import { RouterRuntime } from '../run/runtime.ts';
import { loadConfiguration, type Configuration } from './configuration.ts';

export interface RouterOptions {
  readonly config: Configuration;
  /** Told of servers up and down, refused requests, warnings. Warnings and worse go to standard error when there is none. */
  readonly logger?: EmbeddedLogger;
  /** What frontends with `engine http-proxy` call for each request and answer. */
  readonly hooks?: Hooks;
}

/** A router inside this process. */
export type Router = Embedded<Configuration>;

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
export function createRouter({ config, logger, hooks = {} }: RouterOptions): Promise<Router> {
  const router = {
    name: 'headgate-router',
    load: loadConfiguration,
    create: (log: ConstructorParameters<typeof RouterRuntime>[0]) => new RouterRuntime(log, hooks),
  };
  return embed(router, config, logger);
}
