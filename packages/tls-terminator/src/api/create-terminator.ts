import { fileURLToPath } from 'node:url';
import { embed, type Embedded, type EmbeddedLogger } from '@headgate/shared/process/embed';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import type { Loaded } from '@headgate/shared/process/product';
import { loadConfig, loadText } from '../config/load.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { TerminatorRuntime, type RuntimeParts } from '../run/terminator-runtime.ts';

/**
 * What a terminator is configured by: the path of a stunnel.conf or a YAML file, the text of one (a text has a line break, a path
 * has none), or an object with the keys of the YAML form.
 */
export type Configuration = string | URL | { readonly [section: string]: unknown };

export interface TerminatorOptions {
  readonly config: Configuration;
  /** Told of sessions, refusals and warnings. Warnings and worse go to standard error when there is none. */
  readonly logger?: EmbeddedLogger;
}

/** A TLS terminator inside this process. */
export type Terminator = Embedded<Configuration>;

/**
 * Makes a terminator; `listen` starts it. Rejects with a ConfigurationError that names every problem of the configuration and of
 * its certificates.
 *
 * @example
 * const terminator = await createTerminator({
 *   config: { services: { web: { accept: '127.0.0.1:8443', connect: '127.0.0.1:8080', cert: 'bundle.pem' } } },
 * });
 * await terminator.listen();
 */
export function createTerminator({ config, logger }: TerminatorOptions): Promise<Terminator> {
  const terminator = {
    name: 'headgate-terminator',
    load: loadConfiguration,
    create: (log: RuntimeParts['logger'], renew: () => Promise<void>) =>
      new TerminatorRuntime({ logger: log, processLimits: readProcessLimits(), renew }),
  };
  return embed(terminator, config, logger);
}

function loadConfiguration(config: Configuration): Promise<Loaded<Snapshot>> {
  if (config instanceof URL) return loadConfig([fileURLToPath(config)]);
  if (typeof config !== 'string') return loadText(JSON.stringify(config, null, 2), 'object.yaml');
  return config.includes('\n') ? loadText(config, 'configuration') : loadConfig([config]);
}
