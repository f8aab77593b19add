import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { RawConfig } from '@headgate/shared/config/raw';
import {
  MAX_CONFIGURATION,
  MAX_PATTERNS,
  readRegularText,
  readStandardInput,
} from '@headgate/shared/process/regular-file';
import type { FileText } from '@headgate/shared/process/regular-file';
import { whyUnreadable } from '@headgate/shared/config/unreadable';
import type { FileKind } from './directive.ts';
import { readHaproxyCfg } from './haproxy-cfg.ts';
import { readRouterYaml } from './yaml.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** JSON is YAML. */
const YAML = ['.yaml', '.yml', '.json'];
/** `-f -`: standard input, which has no name of its own in messages. */
const STANDARD_INPUT = '-';
const EXTENSIONS = ['.cfg', '.yaml', '.yml'];
/** A haproxy.cfg line has no colon behind its section keyword; a YAML one has. */
const YAML_TOP = /^(?:global|defaults|frontends|backends|listens)\s*:/m;

/** Reads the files given with -f, in order; a directory stands for its *.cfg, *.yaml and *.yml, sorted by name (as HAProxy's -f). */
export function readConfig(paths: readonly string[], env: Environment, problems: Problems): RawConfig {
  const sections = paths
    .flatMap((path) => filesOf(path, problems))
    .flatMap((file) => readOne(file, env, problems).sections);
  return { sections };
}

/** The raw model of a text: YAML by the name's ending, else by its look. */
export function readText(text: string, file: string, env: Environment, problems: Problems): RawConfig {
  const foreign = terminatorsLine(text);
  if (foreign !== undefined) {
    problems.error(
      { file, line: foreign, column: 1 },
      'this file is for headgate-terminator: services are not read by headgate-router',
    );
    return { sections: [] };
  }
  const yaml = YAML.includes(extname(file)) || (extname(file) !== '.cfg' && YAML_TOP.test(text));
  return yaml ? readRouterYaml(text, file, env, problems) : readHaproxyCfg(text, file, env, problems);
}

/** The line of the first service of a stunnel.conf or a tls-terminator.yaml, in a file without one section of ours: the two are easily mixed up. */
function terminatorsLine(text: string): number | undefined {
  if (/^(?:global|defaults|frontends?|backends?|listens?)(?=[\s:])/m.test(text)) return undefined;
  const before = /^(?:services\s*:|\[[^\]\s]+\]\s*$)/m.exec(text)?.index;
  return before === undefined ? undefined : text.slice(0, before).split('\n').length;
}

function readOne(file: string, env: Environment, problems: Problems): RawConfig {
  const before = problems.list.length;
  const text =
    file === STANDARD_INPUT ? readStandardInput(MAX_CONFIGURATION) : readRegularText(file, MAX_CONFIGURATION);
  if (typeof text !== 'string') {
    problems.error({ file, line: 1, column: 1 }, `cannot be read: ${text?.unreadable}`);
    return { sections: [] };
  }
  const raw = readText(text, file, env, problems);
  if (raw.sections.length === 0 && problems.list.length === before)
    problems.warning({ file, line: 1, column: 1 }, 'this file holds no section');
  return raw;
}

function filesOf(path: string, problems: Problems): readonly string[] {
  return (
    attempt(path, problems, () => {
      if (path === STANDARD_INPUT || !statSync(path).isDirectory()) return [path];
      const names = readdirSync(path)
        .filter((name) => EXTENSIONS.includes(extname(name)))
        .toSorted();
      if (names.length === 0)
        problems.error({ file: path, line: 1, column: 1 }, 'this directory holds no .cfg or .yaml file');
      return names.map((name) => join(path, name));
    }) ?? []
  );
}

function attempt<Value>(file: string, problems: Problems, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    problems.error({ file, line: 1, column: 1 }, `cannot be read: ${whyUnreadable(error)}`);
    return undefined;
  }
}

/** The text of a file that the configuration names, or why there is none. */
export function fileText(path: string): FileText {
  return readRegularText(path, MAX_PATTERNS);
}

/** What a path names now. */
export function fileKind(path: string): FileKind {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSocket() ? 'socket' : 'other';
}
