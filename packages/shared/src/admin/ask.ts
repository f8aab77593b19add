import { connect } from 'node:net';

/** Where a control socket is reached. */
export type ControlAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Sends one line of commands to a control socket and resolves with the complete answer. Rejects with the system's error. */
export function ask(address: ControlAddress, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(address);
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.end(`${line}\n`));
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
