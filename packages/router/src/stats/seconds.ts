/** Whole seconds, never below 0. */
export function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
