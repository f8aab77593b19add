import { connect, createSecureContext } from 'node:tls';
import type { Load, Reach } from '../measure/sample.ts';
import { requests } from './requests.ts';
import { percentiles } from '../measure/statistics.ts';

const SLOTS = 16;
const LIMIT = 20_000;
/** Supported by every contender; newer OpenSSL would add a post-quantum exchange where available. */
const context = createSecureContext({ minVersion: 'TLSv1.3', ecdhCurve: 'X25519' });
const differing = requests('browser');
let next = 0;

/** Opens connections, sends one small request on each, and closes them, sixteen at a time. */
export function handshakes(kind: 'full' | 'resumed'): (reach: Reach, seconds: number) => Promise<Load> {
  return async (reach, seconds) => {
    const first = kind === 'full' ? undefined : await once(reach, undefined);
    reach.begin();
    const began = performance.now();
    const latencies: number[] = [];
    const slot = async (): Promise<void> => {
      while (performance.now() - began < seconds * 1000) {
        const start = performance.now();
        await once(reach, first);
        latencies.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: SLOTS }, slot));
    return { items: latencies.length, seconds: (performance.now() - began) / 1000, ...percentiles(latencies) };
  };
}

/**
 * One connection, up to the response. Resolves with a session to resume, the one given or a new one; rejects when one is
 * given and not resumed.
 */
function once({ port }: Reach, session: Buffer | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'dev-coltrane01',
      rejectUnauthorized: false,
      secureContext: context,
      ...(session === undefined ? {} : { session }),
    });
    let ticket = session;
    let answered = false;
    const finish = (): void => {
      if (!answered || ticket === undefined) return;
      socket.destroy();
      resolve(ticket);
    };
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket
      .on('error', fail)
      .on('close', () => reject(new Error('closed before the response')))
      .setTimeout(LIMIT, () => fail(new Error('no response')));
    socket.on('session', (next) => {
      ticket ??= next;
      finish();
    });
    socket.once('secureConnect', () => {
      if (session !== undefined && !socket.isSessionReused()) return fail(new Error('does not resume sessions'));
      socket.write(differing[next++ % differing.length] ?? '');
    });
    socket.on('data', () => {
      answered = true;
      finish();
    });
  });
}
