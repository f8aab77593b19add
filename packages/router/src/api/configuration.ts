import { fileURLToPath } from 'node:url';
import { Problems } from '@headgate/shared/config/problem';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import type { Loaded } from '@headgate/shared/process/product';
import { compile } from '../config/compile.ts';
import { environmentVariables, loadConfig } from '../config/load.ts';
import { fileKind, fileText, readText } from '../config/read.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * What a router is configured by: the path of a haproxy.cfg or a YAML file or of a folder of them, the text of one (a text has a
 * line break, a path has none), or an object with the keys of the YAML form.
 */
export type Configuration = string | URL | { readonly [section: string]: unknown };

/** Reads and compiles a configuration, with the checks and the messages of a file. */
export async function loadConfiguration(config: Configuration): Promise<Loaded<Snapshot>> {
  if (config instanceof URL) return loadConfig([fileURLToPath(config)]);
  if (typeof config === 'string' && !config.includes('\n')) return loadConfig([config]);
  const problems = new Problems();
  // JSON is YAML.
  const isText = typeof config === 'string';
  const [text, file] = isText ? [config, 'configuration'] : [JSON.stringify(config, null, 2), 'object.yaml'];
  const variables = environmentVariables();
  const raw = readText(text, file, variables, problems);
  const environment = (name: string): string | undefined => variables.get(name);
  return compile(raw, { readFile: fileText, fileKind, environment, limits: readProcessLimits() }, problems);
}
