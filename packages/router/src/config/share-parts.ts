import type { Proxy } from '../model/snapshot.ts';

/** What a proxy without rules of a kind has in their place. */
const NO_RULES: readonly never[] = [];

/**
 * What many proxies have alike is one object: with a thousand backends a request otherwise finds none of it in the processor's
 * caches, for every backend has empty lists, default timeouts and a way to balance of its own.
 */
export class SharedParts {
  readonly #known = new Map<string, unknown>();

  of<P extends Proxy>(proxy: P): P {
    const parts: Partial<Record<string, unknown>> = {};
    for (const [name, part] of Object.entries(proxy)) {
      if (Array.isArray(part) && part.length === 0) parts[name] = NO_RULES;
      else if (name === 'timeouts' || name === 'retryOn' || name === 'balance') parts[name] = this.#one(name, part);
    }
    return { ...proxy, ...parts };
  }

  /** The first that says the same, or this one. An expression has closures, of which two are never known to do the same. */
  #one(name: string, part: object): unknown {
    if ('expression' in part && part.expression !== undefined) return part;
    const text = JSON.stringify([name, part instanceof Set ? [...part] : part]);
    const known = this.#known.get(text);
    if (known === undefined) this.#known.set(text, part);
    return known ?? part;
  }
}
