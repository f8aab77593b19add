import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';
import { RawSocket } from './raw.ts';

/** One line to a control socket and all that comes back, as `echo … | socat` would. */
export function asked(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path, () => socket.end(`${line}\n`));
    socket.setEncoding('utf8').on('data', (more: string) => (text += more));
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
  });
}

/** A connection to a control socket that stays. */
export async function openControl(t: TestContext, path: string): Promise<RawSocket> {
  const socket = connect({ path, allowHalfOpen: true });
  onCleanup(t, () => void socket.destroy());
  await once(socket, 'connect');
  return new RawSocket(socket);
}
