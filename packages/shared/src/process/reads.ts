import { statSync } from 'node:fs';
import { basename, dirname, normalize } from 'node:path';
import { readConfigurationText, type FileText } from './regular-file.ts';

/**
 * The files that one load of a configuration read. It serves two purposes: to notice that a certificate or a list has changed, and
 * to load it again under the configuration that is in effect: an edit of the configuration that is not meant to be applied
 * yet must not come into effect together with a renewed certificate.
 */
export class Reads {
  /** The text of each configuration file, by path. */
  readonly configuration = new Map<string, string>();
  /** The files that the configuration names, with their state when they were read. */
  readonly named = new Map<string, string>();
  readonly #kept: ReadonlyMap<string, string>;
  readonly #standing: ReadonlyMap<string, string>;

  /** `kept`: texts that stand for configuration files, which are not read again. `standing`: those that stand for what these name. */
  constructor(kept: ReadonlyMap<string, string> = new Map(), standing: ReadonlyMap<string, string> = new Map()) {
    this.#kept = kept;
    this.#standing = standing;
  }

  /** All of what `standing` gives. */
  get standingTexts(): ReadonlyMap<string, string> {
    return this.#standing;
  }

  /** What an operator has put in the place of a file that the configuration names, or of a part of the configuration. */
  standing(key: string): string | undefined {
    return this.#standing.get(key);
  }

  /** The text of a configuration file, or why there is none. It is read once: standard input could not be read again. */
  configurationText(path: string, limit: number): FileText {
    const text = this.#kept.get(path) ?? this.configuration.get(path) ?? readConfigurationText(path, limit);
    if (typeof text === 'string') this.configuration.set(path, text);
    return text;
  }

  /** The configuration files in a folder, when texts were given: the folder may hold others by now. Else undefined. */
  keptIn(folder: string): readonly string[] | undefined {
    if (this.#kept.size === 0) return undefined;
    return [...this.#kept.keys()].filter((path) => dirname(path) === normalize(folder)).map((path) => basename(path));
  }

  /** Call it before a file that the configuration names is read: a change that follows at once is then seen as one. */
  note(path: string): void {
    if (!this.named.has(path)) this.named.set(path, fileState(path));
  }
}

/** Changes whenever the file of this path is written or replaced, also at the end of symbolic links. */
function fileState(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? 'none' : stateOf(found);
}

export function stateOf(stat: Readonly<Record<'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>>): string {
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
}
