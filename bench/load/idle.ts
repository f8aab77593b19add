import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Reach } from '../measure/sample.ts';
import { openTunnels } from './tunnel.ts';

/** The limit of open files of a process; a proxy needs two for each tunnel, and some for itself. */
const FILES = Number(/Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);

/** 10,000 tunnels, or as many as the limit of open files allows. */
export const TUNNELS = Math.min(10_000, Math.floor((FILES - 1000) / 2));

/** How long the tunnels are idle before memory is measured. */
const SILENCE = 3_000;

/** Opens tunnels, leaves them idle, and measures by how much the contender's memory grew for each. */
export async function idle(reach: Reach): Promise<Load> {
  const count = Math.round(TUNNELS * reach.scale);
  const before = reach.memory();
  const began = performance.now();
  const sockets = await openTunnels(reach, count);
  const seconds = (performance.now() - began) / 1000;
  try {
    await sleep(SILENCE);
    return { items: count, seconds, memory: (reach.memory() - before) / count };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
