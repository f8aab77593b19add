import type { Typed } from '../model/values.ts';
import { PAUSE, pauseAfter } from './sharing-pace.ts';

/** A variable of the process, or an entry of a list that rules edit, has this value now; undefined: it is no more. */
export type ValueChange =
  | { readonly kind: 'variable'; readonly name: string; readonly value: Typed | undefined }
  | { readonly kind: 'entry'; readonly file: string; readonly key: string; readonly value: string | undefined };

export interface SharedValuesParts {
  /** 0 for the primary. */
  readonly number: number;
  /** `from`: the process that has changed something. False: the others read too slowly. */
  readonly say: (changes: readonly ValueChange[], from: number) => boolean;
  /** Makes a change of another process here too. */
  readonly take: (change: ValueChange) => void;
}

/**
 * Values that every process has a copy of and may change: the last change holds in all of them. Which one is the last is decided by the
 * primary, which sends all changes to all workers, those too that they come from. Until a worker's own change has come back, what it
 * hears of that value is older, and passed over: so all of them end with the same.
 */
export class SharedValues {
  readonly #parts: SharedValuesParts;
  /** Not sent yet, the last one of each value. */
  #pending = new Map<string, ValueChange>();
  /** Sent and not come back yet: how often. */
  readonly #sent = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #pause = PAUSE;

  constructor(parts: SharedValuesParts) {
    this.#parts = parts;
  }

  /** This process has changed something. */
  changed(change: ValueChange): void {
    const { number, say } = this.#parts;
    if (number === 0) return void say([change], number);
    this.#pending.set(idOf(change), change);
    this.#timer ??= setTimeout(() => this.#send(), this.#pause).unref();
  }

  heard(changes: readonly ValueChange[], from: number): void {
    const { number, say, take } = this.#parts;
    if (number === 0) {
      for (const change of changes) take(change);
      return void say(changes, from);
    }
    for (const change of changes) {
      const id = idOf(change);
      if (from === number) this.#cameBack(id);
      if (!this.#pending.has(id) && !this.#sent.has(id)) take(change);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #cameBack(id: string): void {
    const left = (this.#sent.get(id) ?? 1) - 1;
    if (left === 0) this.#sent.delete(id);
    else this.#sent.set(id, left);
  }

  #send(): void {
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const id of pending.keys()) this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1);
    this.#pause = pauseAfter(this.#parts.say([...pending.values()], this.#parts.number));
  }
}

function idOf(change: ValueChange): string {
  return change.kind === 'variable' ? change.name : `${change.file}\n${change.key}`;
}
