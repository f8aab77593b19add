import { connect } from 'node:net';

/** Where a control socket is reached. */
export type ControlAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What an answer may cost. */
export interface AskLimits {
  /** Milliseconds until it has come. */
  readonly within: number;
  /** Characters. */
  readonly most: number;
}

/**
 * Sends one line of commands to a control socket and resolves with the complete answer. Rejects with the system's error, or when it
 * exceeds the limits.
 */
export function ask(address: ControlAddress, line: string, limits?: AskLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(address);
    if (limits !== undefined) {
      const { within, most } = limits;
      const late = setTimeout(() => socket.destroy(new Error(`no answer within ${within} ms`)), within);
      socket.once('close', () => clearTimeout(late));
      socket.on('data', () => {
        if (answer.length > most) socket.destroy(new Error(`an answer of more than ${most} characters`));
      });
    }
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.end(`${line}\n`));
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
