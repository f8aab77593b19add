import type { LogTarget } from '../model/snapshot.ts';

/** Decides which lines a `log … sample` sends: of each `size` lines those in the ranges, as HAProxy counts them. */
export class Sampler {
  readonly #ranges: NonNullable<LogTarget['sample']>['ranges'];
  readonly #size: number;
  #number = 0;

  constructor({ ranges, size }: NonNullable<LogTarget['sample']>) {
    this.#ranges = ranges;
    this.#size = size;
  }

  /** Counts a line; whether it is sent. */
  takes(): boolean {
    const number = this.#number + 1;
    this.#number = number === this.#size ? 0 : number;
    return this.#ranges.some(([low, high]) => number >= low && number <= high);
  }
}

/** One for each `log` line, which several proxies may share. */
const samplers = new WeakMap<LogTarget, Sampler>();

export function samplerOf(target: LogTarget): Sampler | undefined {
  if (target.sample === undefined) return undefined;
  let sampler = samplers.get(target);
  if (sampler === undefined) samplers.set(target, (sampler = new Sampler(target.sample)));
  return sampler;
}
