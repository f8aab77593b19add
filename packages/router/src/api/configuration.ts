import { fileURLToPath } from 'node:url';
import { Problems, formatProblem, type Problem } from '@headgate/shared/config/problem';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import { compile } from '../config/compile.ts';
import { loadConfig } from '../config/load.ts';
import { fileKind, fileText, readText } from '../config/read.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * What a router is configured by: the path of a haproxy.cfg or a YAML file or of a folder of them, the text of one (a text has a
 * line break, a path has none), or an object with the keys of the YAML form.
 */
export type Configuration = string | URL | { readonly [section: string]: unknown };

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

export interface Compiled {
  readonly snapshot: Snapshot;
  /** It is right all the same. */
  readonly warnings: readonly Problem[];
}

/** Reads and compiles a configuration. Rejects with a ConfigurationError. */
export async function readConfiguration(config: Configuration): Promise<Compiled> {
  const { snapshot, problems } = await load(config);
  if (snapshot === undefined) throw new ConfigurationError(problems);
  return { snapshot, warnings: problems };
}

async function load(config: Configuration): ReturnType<typeof loadConfig> {
  if (config instanceof URL) return loadConfig([fileURLToPath(config)]);
  if (typeof config === 'string' && !config.includes('\n')) return loadConfig([config]);
  const problems = new Problems();
  // JSON is YAML: an object is read with all the checks, and the messages, of a file.
  const [text, file] =
    typeof config === 'string' ? [config, 'configuration'] : [JSON.stringify(config, null, 2), 'object.yaml'];
  const raw = readText(text, file, process.env, problems);
  const environment = (name: string): string | undefined => process.env[name];
  return compile(raw, { readFile: fileText, fileKind, environment, limits: readProcessLimits() }, problems);
}
