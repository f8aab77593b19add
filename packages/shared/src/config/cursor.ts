import type { Problems } from './problem.ts';
import type { Position, Section, Statement, Word } from './raw.ts';
import { nearest } from './suggest.ts';
import { durationBeforeRest, integerBeforeRest, parseDuration, parseInteger, parseSize } from './units.ts';
import type { Parsed } from './units.ts';

/** The context of a cursor's statement. */
export interface Reading {
  readonly problems: Problems;
  readonly dialect?: Section['dialect'];
  /** Called with every word read as a duration, and its milliseconds. */
  readonly onDuration?: ((word: Word, ms: number) => void) | undefined;
  /** Called with every word read as an integer although more is behind it, and that integer. */
  readonly onInteger?: ((word: Word, value: string) => void) | undefined;
}

/** A bare number below this is more often meant in seconds than in milliseconds. */
const DOUBTFUL_DURATION = 1000;

/** As many names are listed where none is near. */
const FEW = 10;

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? `'${names[0]}'` : `one of ${names.join(', ')}`;
}

/** Reads the arguments of one statement from left to right, and reports what is missing, wrong or left over. */
export class Cursor {
  readonly statement: Statement;
  readonly #reading: Reading;
  readonly #problems: Problems;
  #next: number;
  /** Behind the last word that was missing or unknown: what follows may be wrong for that reason only. */
  #lost = -1;

  /** `skip` words are the keyword itself: 1 for `maxconn`, 2 for `option httplog`. */
  constructor(statement: Statement, skip: number, reading: Reading) {
    this.statement = statement;
    this.#next = skip;
    this.#reading = reading;
    this.#problems = reading.problems;
  }

  /** The words read so far, for messages: `timeout client`. */
  get done(): string {
    return this.statement.words
      .slice(0, this.#next)
      .map((word) => word.text)
      .join(' ');
  }

  get at(): Position {
    return (this.statement.words[this.#next - 1] ?? this.statement.words[0]).at;
  }

  /** The next word. As in HAProxy an empty one at the end (`"${EXTRA}"`) is none. */
  peek(): Word | undefined {
    const left = this.statement.words.slice(this.#next);
    return left.every((word) => this.#isNothing(word)) ? undefined : left[0];
  }

  /** In YAML an empty word is a text, unless a variable made it. */
  #isNothing({ text, blank }: Word): boolean {
    return text === '' && (this.#reading.dialect !== 'yaml' || blank !== undefined);
  }

  next(): Word | undefined {
    const word = this.peek();
    if (word !== undefined) this.#next += 1;
    return word;
  }

  /** Consumes the next word if it is this one. */
  accept(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.#next += 1;
    return true;
  }

  /** The next word; its absence is a problem that names what was expected. As in HAProxy an empty one (`""`) is none. */
  need(what: string): Word | undefined {
    const { at, done } = this;
    const word = this.statement.words[this.#next];
    if (word !== undefined) this.#next += 1;
    if (word !== undefined && !this.#isNothing(word)) return word;
    if (this.#lost < 0) this.#problems.error(word?.at ?? at, `'${done}' needs ${what}`);
    this.#lost = this.#next;
    return undefined;
  }

  /** The next word when it is one of `names`; one of `notYet` is reported as not supported yet, any other as unknown. */
  choice<Name extends string>(what: string, names: readonly Name[], notYet: readonly string[] = []): Name | undefined {
    const { done } = this;
    const lost = this.#lost === this.#next;
    const word = this.need(oneOf(names));
    const found = names.find((name) => name === word?.text);
    if (found !== undefined || word === undefined) return found;
    this.#lost = this.#next;
    if (lost) return undefined;
    if (notYet.includes(word.text)) this.#problems.error(word.at, `not supported yet: '${done} ${word.text}'`);
    else {
      const near = nearest(word.text, [...names, ...notYet]);
      const all = near === undefined && names.length <= FEW ? `: expected ${oneOf(names)}` : '';
      this.#problems.error(word.at, `unknown ${what} '${word.text}'${all}`, near);
    }
    return undefined;
  }

  integer(what: string, min: number, max: number): number | undefined {
    const word = this.peek();
    const read = word === undefined ? undefined : this.#withoutRest(word, integerBeforeRest);
    if (word !== undefined && read !== undefined) this.#reading.onInteger?.(word, read);
    return this.#parsed(what, (text) => parseInteger(read ?? text, min, max));
  }

  /** An integer with nothing behind it, where HAProxy allows nothing either. */
  wholeInteger(what: string, min: number, max: number): number | undefined {
    return this.#parsed(what, (text) => parseInteger(text, min, max));
  }

  /** Milliseconds. In YAML a small number without a unit gets a warning: 60 is rarely meant as 60 ms. */
  duration(what: string): number | undefined {
    const word = this.peek();
    const read = word === undefined ? undefined : this.#withoutRest(word, durationBeforeRest);
    const value = this.#parsed(what, (text) => parseDuration(read ?? text));
    if (word === undefined || value === undefined) return value;
    this.#reading.onDuration?.(word, value);
    const doubtful = /^\d+$/.test(word.text) && value > 0 && value < DOUBTFUL_DURATION;
    if (doubtful && this.#reading.dialect === 'yaml')
      this.#problems.warning(
        word.at,
        `'${word.text}' is ${word.text} milliseconds: write ${word.text}ms, or ${word.text}s for seconds`,
      );
    return value;
  }

  /** Of `30sec` or `80%` what HAProxy 2.6 reads of it. */
  #withoutRest({ text, at }: Word, readable: typeof durationBeforeRest): string | undefined {
    const read = this.#reading.dialect === 'yaml' ? undefined : readable(text);
    if (read !== undefined)
      this.#problems.warning(at, `'${text}' is read as ${read}, as HAProxy 2.6 does; later versions refuse it`);
    return read;
  }

  /** Bytes. */
  size(what: string): number | undefined {
    return this.#parsed(what, parseSize);
  }

  /** All remaining words. */
  rest(): readonly Word[] {
    const words = this.statement.words.slice(this.#next);
    this.#next = this.statement.words.length;
    return words;
  }

  /** Unexpected words are a problem: ignoring them silently hides mistakes. */
  end(): void {
    const { done } = this;
    const word = this.next();
    if (word !== undefined && this.#lost < 0)
      this.#problems.error(word.at, `unexpected '${word.text}' after '${done}'`);
  }

  #parsed(what: string, parse: (text: string) => Parsed): number | undefined {
    const { done } = this;
    const word = this.need(what);
    if (word === undefined) return undefined;
    const parsed = parse(word.text);
    if ('value' in parsed) return parsed.value;
    this.#problems.error(word.at, `'${done}': ${parsed.error}`);
    return undefined;
  }
}
