import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { readYaml } from '@headgate/shared/config/yaml';
import type { Reads } from '@headgate/shared/process/reads';
import { MAX_FILE_BYTES } from '../certificate/read.ts';
import type { RawBuilder } from './raw-config.ts';
import { readStunnelConf } from './stunnel-conf.ts';
import { readYamlConf } from './yaml-conf.ts';

/** Directories that include directories: deeper nesting than this is a cycle. */
const MAX_INCLUDE_DEPTH = 8;

/** Reads configuration files, of either form, and the files they include into one raw model. */
export class ConfigReader {
  /** All files read, in order. */
  readonly files: string[] = [];
  readonly #builder: RawBuilder;
  readonly #problems: Problems;

  readonly #reads: Reads;

  constructor(builder: RawBuilder, problems: Problems, reads: Reads) {
    this.#builder = builder;
    this.#problems = problems;
    this.#reads = reads;
  }

  async read(file: string): Promise<void> {
    const at = { file, line: 1, column: 1 };
    const text = await this.#text(file, at);
    if (text !== undefined) await this.readText(text, file);
  }

  /** As a file of that name. */
  async readText(text: string, file: string): Promise<void> {
    if (!isYaml(file, text)) {
      await this.#stunnel(text, file, 0);
      return;
    }
    const { root, problems } = readYaml(text, file);
    this.#problems.list.push(...problems);
    if (root !== undefined) readYamlConf(root, this.#builder, this.#problems);
  }

  async #stunnel(text: string, file: string, depth: number): Promise<void> {
    for (const line of readStunnelConf(text, file, this.#problems)) {
      if (line.kind === 'section') this.#builder.openService(line.name);
      else if (line.name.text.toLowerCase() !== 'include') this.#builder.add(line.name, line.value);
      else await this.#include(line.value, depth + 1);
    }
  }

  /** stunnel reads every regular file in it, whatever its name, in byte order. */
  async #include({ text: directory, at }: Word, depth: number): Promise<void> {
    if (depth > MAX_INCLUDE_DEPTH) {
      this.#problems.error(at, `files include each other more than ${MAX_INCLUDE_DEPTH} deep`);
      return;
    }
    const names = this.#reads.keptIn(directory) ?? (await filesIn(directory));
    if (names === undefined) {
      this.#problems.error(at, `'${directory}' is not a directory that can be read`);
      return;
    }
    for (const name of names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      const file = join(directory, name);
      const text = await this.#text(file, at);
      if (text !== undefined) await this.#stunnel(text, file, depth);
    }
  }

  async #text(file: string, at: Position): Promise<string | undefined> {
    const text = this.#reads.configurationText(file, MAX_FILE_BYTES);
    if (typeof text !== 'string') {
      this.#problems.error(at, `${at.file === file ? '' : `${file} `}cannot be read: ${text?.unreadable}`);
      return undefined;
    }
    const foreign = routersLine(text);
    if (foreign !== undefined) {
      this.#problems.error(
        { file, line: foreign, column: 1 },
        'this file is for headgate-router: global, defaults, frontends and backends are not read by headgate-terminator',
      );
      return undefined;
    }
    this.files.push(file);
    return text;
  }
}

async function filesIn(directory: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  return entries?.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** The line of the first section of a haproxy.cfg or a router.yaml, in a file without one service: the two programs' files are easily mixed up. */
function routersLine(text: string): number | undefined {
  if (/^(?:services\s*:|\[[^\]]+\]\s*$)/m.test(text)) return undefined;
  const before = /^(?:global|defaults|frontends?|backends?|listens?)(?=[\s:])(?!\s*=)/m.exec(text)?.index;
  return before === undefined ? undefined : text.slice(0, before).split('\n').length;
}

/** By its name, else by its looks: stunnel's form has `[name]` and `option = value` lines. */
function isYaml(file: string, text: string): boolean {
  if (/\.ya?ml$/i.test(file)) return true;
  if (/\.conf$/i.test(file)) return false;
  return !/^\s*(\[[^\]]+\]\s*$|[A-Za-z]+\s*=)/m.test(text);
}
