/**
 * Adds every number of `from`, in whatever it is nested, to the same place in `into`. What is not there yet is made; all else stays as it is.
 * Both are counters: plain objects and arrays.
 */
export function addNumbers(into: object, from: object): void {
  for (const [name, value] of Object.entries(from) as [string, unknown][]) {
    const known: unknown = Reflect.get(into, name);
    if (typeof value === 'number') Reflect.set(into, name, (typeof known === 'number' ? known : 0) + value);
    else if (typeof value === 'object' && value !== null) {
      const inner = typeof known === 'object' && known !== null ? known : Array.isArray(value) ? [] : {};
      if (inner !== known) Reflect.set(into, name, inner);
      addNumbers(inner, value);
    }
  }
}

/** What one of `workers` gets of a limit, so that all parts together are the limit; 0 stays 0, which is no limit. Each gets at least 1. */
export function partOf(limit: number, worker: number, workers: number): number {
  if (limit === 0) return 0;
  return Math.max(1, Math.floor(limit / workers) + (worker <= limit % workers ? 1 : 0));
}
