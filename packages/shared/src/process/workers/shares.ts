/**
 * Which worker accepts on a socket, of `count` on one address: each has its own part, so that connections are spread evenly; while one
 * is missing, the next one that serves takes its part too. Where there are fewer sockets than workers, all accept on each of them.
 */
export function accepts(
  worker: number,
  { index, count }: { readonly index: number; readonly count: number },
  workers: number,
  serving: ReadonlySet<number>,
): boolean {
  if (count < workers) return true;
  const owner = (index % workers) + 1;
  for (let step = 0; step < workers; step += 1) {
    const next = ((owner - 1 + step) % workers) + 1;
    if (next === worker) return true;
    if (serving.has(next)) return false;
  }
  return false;
}
