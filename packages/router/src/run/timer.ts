/** Calls `fn` once, `ms` milliseconds from now, unless cancelled. */
export function after(ms: number, fn: () => void): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  return { cancel: () => clearTimeout(timer) };
}
