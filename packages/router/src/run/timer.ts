/** Calls `fn` once, `ms` milliseconds from now, unless cancelled. A deadline that has passed is due at once: Node.js warns of negative times. */
export function after(ms: number, fn: () => void): { cancel(): void } {
  const timer = setTimeout(fn, Math.max(0, ms));
  return { cancel: () => clearTimeout(timer) };
}
