import type { Socket } from 'node:net';
import type { Load, Reach } from '../measure/sample.ts';
import { percentiles } from '../measure/statistics.ts';
import { ECHO, FRAME, openTunnels } from './tunnel.ts';

/** Messages of 100 bytes echoed on many tunnels at once: each sends the next when the previous one has returned. */
export function echo(tunnels: number): (reach: Reach, seconds: number) => Promise<Load> {
  return async (reach, seconds) => {
    const sockets = await openTunnels(reach, tunnels);
    try {
      reach.begin();
      const began = performance.now();
      const latencies = await pingPong(sockets, seconds * 1000);
      const spent = (performance.now() - began) / 1000;
      return { items: latencies.length, seconds: spent, ...percentiles(latencies) };
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  };
}

/** The round-trip time of each message in milliseconds. */
function pingPong(sockets: readonly Socket[], duration: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    let over = false;
    for (const socket of sockets) {
      let [sent, bytes] = [performance.now(), 0];
      socket
        .once('close', () => over || reject(new Error('a tunnel was closed')))
        .on('data', (data: Buffer) => {
          bytes += data.length;
          if (over || bytes < ECHO) return;
          bytes = 0;
          const now = performance.now();
          latencies.push(now - sent);
          sent = now;
          socket.write(FRAME);
        });
      socket.write(FRAME);
    }
    setTimeout(() => {
      over = true;
      resolve(latencies);
    }, duration);
  });
}
