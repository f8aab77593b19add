import { createRequire } from 'node:module';
import type { Event, ScalarEvent } from 'js-yaml';
import { Problems } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Position, Word } from './raw.ts';
import type { Locate } from './words.ts';

/** A scalar keeps its source text: `0443`, `no` and `24h` are not converted. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** Written without quotes: `true` is then a flag, an empty text means the value was omitted. */
  readonly plain: boolean;
  readonly at: Position;
  /** Source position of the character at this offset of `text`; the scalar's start when escapes or folds moved it. */
  readonly locate: Locate;
}
export interface YamlList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly YamlNode[];
}
export interface YamlMap {
  readonly kind: 'map';
  readonly at: Position;
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: Word;
  readonly value: YamlNode;
}
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** Loaded by the first YAML text: a haproxy.cfg or stunnel.conf needs none of it. Found from this package, wherever its code runs. */
let loaded: typeof import('js-yaml') | undefined;

function jsYaml(): typeof import('js-yaml') {
  const ours = import.meta.resolve('@headgate/shared/package.json');
  return (loaded ??= createRequire(ours)('js-yaml') as typeof import('js-yaml'));
}

/** Largest YAML text read, in characters. */
export const MAX_YAML_LENGTH = 1_048_576;
/** Deepest nesting of lists and mappings. */
export const MAX_YAML_DEPTH = 32;

/**
 * Reads one YAML document into nodes with source positions. The only module that depends on js-yaml.
 * Anchors, aliases and tags are refused, so the nodes never outgrow the text; a duplicate key is a problem.
 * `root` is undefined when the text is empty or does not parse.
 */
export function readYaml(
  text: string,
  file: string,
): { readonly root: YamlNode | undefined; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const locate = lineIndex(text, file);
  if (text.length > MAX_YAML_LENGTH) {
    problems.error(locate(0), `this file is longer than ${MAX_YAML_LENGTH} characters`);
    return { root: undefined, problems: problems.list };
  }
  try {
    const root = new Builder(
      text,
      jsYaml().parseEvents(text, { filename: file, maxDepth: MAX_YAML_DEPTH }),
      locate,
      problems,
    ).build();
    return { root, problems: problems.list };
  } catch (error) {
    // js-yaml throws YAMLException for most errors, not for all.
    const offset = error instanceof jsYaml().YAMLException ? (error.mark?.position ?? 0) : 0;
    const reason = error instanceof jsYaml().YAMLException ? error.reason : String(error);
    problems.error(locate(offset), `invalid YAML: ${reason}`);
    return { root: undefined, problems: problems.list };
  }
}

/** Turns the flat stream of parse events into nodes. */
class Builder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #locate: Locate;
  readonly #problems: Problems;
  #next = 0;
  /** Position of the last event: an empty value has none of its own. */
  #last: Position;

  constructor(text: string, events: readonly Event[], locate: Locate, problems: Problems) {
    this.#text = text;
    this.#events = events;
    this.#locate = locate;
    this.#problems = problems;
    this.#last = locate(0);
  }

  build(): YamlNode | undefined {
    if (this.#take() === undefined) return undefined;
    const root = this.#node();
    this.#take();
    if (this.#take() !== undefined)
      this.#problems.error(this.#last, 'this file holds more than one YAML document (---)');
    return root.kind === 'scalar' && root.plain && root.text === '' ? undefined : root;
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #node(): YamlNode {
    const event = this.#take();
    if (event?.type === jsYaml().EVENT_ID.SCALAR) return this.#scalar(event);
    if (event?.type === jsYaml().EVENT_ID.ALIAS)
      return this.#refused(event.anchorStart - 1, aliasProblem(this.#text.slice(event.anchorStart, event.anchorEnd)));
    if (event?.type === jsYaml().EVENT_ID.SEQUENCE || event?.type === jsYaml().EVENT_ID.MAPPING) {
      this.#refuseProperties(event);
      const at = this.#locate(event.start);
      this.#last = at;
      return event.type === jsYaml().EVENT_ID.SEQUENCE
        ? { kind: 'list', at, items: this.#items() }
        : { kind: 'map', at, entries: this.#entries() };
    }
    return this.#emptyScalar();
  }

  #more(): boolean {
    const event = this.#events[this.#next];
    if (event === undefined) return false;
    if (event.type !== jsYaml().EVENT_ID.POP) return true;
    this.#next += 1;
    return false;
  }

  #items(): YamlNode[] {
    const items: YamlNode[] = [];
    while (this.#more()) items.push(this.#node());
    return items;
  }

  #entries(): YamlEntry[] {
    const entries: YamlEntry[] = [];
    const lines = new Map<string, number>();
    while (this.#more()) {
      const key = this.#node();
      const value = this.#node();
      if (key.kind !== 'scalar') {
        this.#problems.error(key.at, 'a key must be a word, not a list or a mapping');
        continue;
      }
      const before = lines.get(key.text);
      if (before !== undefined) this.#problems.error(key.at, `'${key.text}' was already given on line ${before}`);
      lines.set(key.text, key.at.line);
      entries.push({
        key: key.plain ? { text: key.text, at: key.at } : { text: key.text, at: key.at, quoted: true },
        value,
      });
    }
    return entries;
  }

  #scalar(event: ScalarEvent): YamlScalar {
    this.#refuseProperties(event);
    if (event.valueStart < 0) return this.#emptyScalar();
    const text = jsYaml().getScalarValue(this.#text, event);
    const verbatim = this.#text.startsWith(text, event.valueStart);
    const quoted =
      event.style === jsYaml().SCALAR_STYLE.SINGLE_QUOTED || event.style === jsYaml().SCALAR_STYLE.DOUBLE_QUOTED;
    const at = this.#locate(quoted ? event.valueStart - 1 : event.valueStart);
    this.#last = at;
    const locate = verbatim
      ? (offset: number): Position => this.#locate(event.valueStart + offset)
      : (): Position => at;
    return { kind: 'scalar', text, plain: event.style === jsYaml().SCALAR_STYLE.PLAIN, at, locate };
  }

  #emptyScalar(): YamlScalar {
    const at = this.#last;
    return { kind: 'scalar', text: '', plain: true, at, locate: () => at };
  }

  #refused(offset: number, message: string): YamlScalar {
    this.#problems.error(this.#locate(offset), message);
    return this.#emptyScalar();
  }

  #refuseProperties(event: { readonly anchorStart: number; readonly tagStart: number }): void {
    if (event.anchorStart >= 0)
      this.#refused(event.anchorStart - 1, 'anchors (&name) are not supported; write the value out');
    if (event.tagStart >= 0) this.#refused(event.tagStart, 'tags (!name) are not supported; values are plain words');
  }
}

/** `bind: *:80` is an alias to YAML. */
function aliasProblem(name: string): string {
  return name.startsWith(':')
    ? `a value that begins with * needs quotes: '*${name}'`
    : 'aliases (*name) are not supported; write the value out';
}

/** Finds line and column of an offset by binary search; js-yaml counts `\n`, `\r\n` and a lone `\r` as line ends. */
function lineIndex(text: string, file: string): Locate {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
