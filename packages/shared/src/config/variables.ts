import type { Position } from './raw.ts';
import type { Environment } from './words.ts';

/**
 * The environment variables of a configuration while it is read: a copy, because a configuration may set and remove them and
 * that must not change the environment of the process. They also hold HAProxy's pseudo-variables `.FILE`, `.LINE` and
 * `.SECTION` (configuration manual §2.3).
 */
export class Variables {
  readonly #values: Record<string, string | undefined>;

  constructor(env: Environment) {
    this.#values = { ...env };
  }

  /** The variables given, or a copy of this environment. */
  static of(env: Environment | Variables): Variables {
    return env instanceof Variables ? env : new Variables(env);
  }

  /** All of them by name, as they are now. */
  get values(): Environment {
    return this.#values;
  }

  get(name: string): string | undefined {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  set(name: string, value: string): void {
    this.#values[name] = value;
  }

  unset(name: string): void {
    delete this.#values[name];
  }

  /** Removes all but these (`resetenv`). */
  keepOnly(names: readonly string[]): void {
    for (const name of Object.keys(this.#values)) if (!names.includes(name)) delete this.#values[name];
  }

  /** What `.FILE`, `.LINE` and `.SECTION` mean from here on. */
  place({ file, line }: Position, section: string): void {
    this.#values['.FILE'] = file;
    this.#values['.LINE'] = String(line);
    this.#values['.SECTION'] = section;
  }
}
