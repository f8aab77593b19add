import { connect } from 'node:net';
import { formatDuration } from '../config/units.ts';
import { StartFailure } from '../process/start-failure.ts';

/** Where a control socket is reached. */
export type ControlAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What an answer may cost. */
export interface AskLimits {
  /** Milliseconds in which nothing of it comes. */
  readonly silence: number;
  /** Characters. Default: any number of them. */
  readonly most?: number;
}

/** A control socket whose program is stopped, stuck or busy: asking again may help. */
export class NoAnswer extends StartFailure {
  constructor(message: string) {
    super(message, { temporary: true });
  }
}

/**
 * Sends one line of commands to a control socket and resolves with the complete answer. Rejects with the system's error, with
 * `NoAnswer`, or when the answer is too long.
 */
export function ask(address: ControlAddress, line: string, { silence, most = Infinity }: AskLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(address);
    // A program that is stopped still accepts: the system does that for it.
    socket.setTimeout(silence, () => socket.destroy(new NoAnswer(`no answer within ${formatDuration(silence)}`)));
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.end(`${line}\n`));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > most) socket.destroy(new StartFailure(`an answer of more than ${most} characters`));
    });
    socket.once('error', reject);
    socket.once('close', () =>
      // An answer has its empty line at least.
      answer === '' ? reject(new NoAnswer('the connection ended without an answer')) : resolve(answer),
    );
  });
}
