import { readFileSync } from 'node:fs';
import { request } from './client.ts';

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

/** What each worker answers to this request, as `WORKER:text`: one entry for each that was met in 32 connections. */
export async function servedBy(
  url: string,
  text: (answer: Awaited<ReturnType<typeof request>>) => string,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let count = 0; count < 32; count += 1) {
    const answer = await request(url);
    seen.add(`${String(answer.headers['x-worker'])}:${text(answer)}`);
  }
  return [...seen].toSorted();
}

function titleOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
