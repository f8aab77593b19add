import type { IncomingMessage } from 'node:http';
import type { HeldBody } from '../../http/held-body.ts';

/**
 * Reads the body of a response whose head is held, for rules that look at it, until it is `enough`; then puts back what was read and calls
 * `done`. `cut` is called instead when it ends before its end.
 */
export function holdMessage(
  message: IncomingMessage,
  view: HeldBody,
  enough: () => boolean,
  done: () => void,
  cut: () => void,
): void {
  const pieces: Buffer[] = [];
  const stop = (then: () => void): void => {
    message.off('readable', read);
    message.off('close', closed);
    // Before Node says that the message has ended: nothing could be put back after that.
    if (pieces.length > 0) message.unshift(Buffer.concat(pieces));
    then();
  };
  const read = (): void => {
    for (let piece: unknown = message.read(); Buffer.isBuffer(piece); piece = message.read()) {
      pieces.push(piece);
      view.add(piece);
    }
    view.complete = message.complete;
    if (enough()) stop(done);
  };
  const closed = (): void => stop(cut);
  message.on('readable', read);
  message.once('close', closed);
}
