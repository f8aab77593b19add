import { readdirSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { RawConfig, Section } from '@headgate/shared/config/raw';
import { configurationFiles, listEndings } from '@headgate/shared/process/files';
import { Reads } from '@headgate/shared/process/reads';
import { MAX_CONFIGURATION, MAX_PATTERNS, readRegularText } from '@headgate/shared/process/regular-file';
import type { Encoding, FileText } from '@headgate/shared/process/regular-file';
import { Variables } from '@headgate/shared/config/variables';
import type { Environment } from '@headgate/shared/config/words';
import { FILE_ENDINGS } from './default-files.ts';
import type { FileKind } from './directive.ts';
import { readHaproxyCfg } from './haproxy-cfg.ts';
import { readRouterYaml } from './yaml.ts';

/** JSON is YAML. */
const YAML = ['.yaml', '.yml', '.json'];
/** YAML has a colon after a section keyword, or is JSON; haproxy.cfg has neither. */
const YAML_TOP = /^(?:global|defaults|frontends|backends|listens)\s*:|^\s*\{/m;

/** Reads the given files in order; a folder means the files in it (see FILE_ENDINGS). Later files see the variables that earlier ones set. */
export function readConfig(
  paths: readonly string[],
  env: Environment | Variables,
  problems: Problems,
  reads: Reads = new Reads(),
): RawConfig {
  const variables = Variables.of(env);
  return { sections: paths.flatMap((path) => readPath(path, variables, problems, reads)) };
}

function readPath(path: string, variables: Variables, problems: Problems, reads: Reads): readonly Section[] {
  const files = configurationFiles([path], [], FILE_ENDINGS);
  if (files.length === 0)
    problems.error({ file: path, line: 1, column: 1 }, `this folder holds no ${listEndings(FILE_ENDINGS)} file`);
  return files.flatMap((file) => readOne(file, variables, problems, reads).sections);
}

/** The raw model of a text: YAML by the file name's ending, otherwise by its first lines. */
export function readText(text: string, file: string, env: Environment | Variables, problems: Problems): RawConfig {
  const foreign = terminatorsLine(text);
  if (foreign !== undefined) {
    problems.error(
      { file, line: foreign, column: 1 },
      'this file is for headgate-terminator: services are not read by headgate-router',
    );
    return { sections: [] };
  }
  const yaml = YAML.includes(extname(file)) || (extname(file) !== '.cfg' && YAML_TOP.test(text));
  const variables = Variables.of(env);
  return yaml ? readRouterYaml(text, file, variables, problems) : readHaproxyCfg(text, file, variables, problems);
}

/** The line of the first service of a stunnel.conf or tls-terminator.yaml, in a file without a router section: the two are easily confused. */
function terminatorsLine(text: string): number | undefined {
  if (/^(?:global|defaults|frontends?|backends?|listens?)(?=[\s:])/m.test(text)) return undefined;
  const before = /^(?:services\s*:|\[[^\]\s]+\]\s*$)/m.exec(text)?.index;
  return before === undefined ? undefined : text.slice(0, before).split('\n').length;
}

function readOne(file: string, variables: Variables, problems: Problems, reads: Reads): RawConfig {
  const before = problems.list.length;
  const text = reads.configurationText(file, MAX_CONFIGURATION);
  if (typeof text !== 'string') {
    problems.error({ file, line: 1, column: 1 }, `cannot be read: ${text?.unreadable}`);
    return { sections: [] };
  }
  const raw = readText(text, file, variables, problems);
  if (raw.sections.length === 0 && problems.list.length === before)
    problems.warning({ file, line: 1, column: 1 }, 'this file holds no section');
  return raw;
}

/** The text of a file that the configuration names, or why there is none. */
export function fileText(path: string, encoding?: Encoding): FileText {
  return readRegularText(path, MAX_PATTERNS, encoding);
}

/** What a path names now. */
export function fileKind(path: string): FileKind {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSocket() ? 'socket' : 'other';
}

/** Names in one folder that are looked at. */
const MOST_NAMES = 10_000;

/** The names in a folder, in order; none when it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted().slice(0, MOST_NAMES);
  } catch {
    return [];
  }
}
