import { readFileSync } from 'node:fs';

/** The processes of the workers of a primary by their numbers, as their titles say it. */
export function workerPids(primary: number): ReadonlyMap<number, number> {
  const children = readFileSync(`/proc/${primary}/task/${primary}/children`, 'latin1').trim().split(' ');
  return new Map(
    children.flatMap((child): [number, number][] => {
      const number = /\(worker (\d+)\)/.exec(titleOf(child))?.[1];
      return number === undefined ? [] : [[Number(number), Number(child)]];
    }),
  );
}

function titleOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
