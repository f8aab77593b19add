import type { Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { LinkError } from '../link.ts';

type Done = Parameters<Writable['_write']>[2];

/** How writing fails when the other end does not want any more of it. */
const UNWANTED: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * A server may answer a request before it has all of it, and reset the connection: the answer waits in the system, and writing fails.
 * Node then destroys a TLS connection without reading what it has said. Here such a failure counts only when that has been read: the
 * end, or the error, of reading follows in any case.
 */
export function hearLastWords(socket: TLSSocket): void {
  let failed: (() => void) | undefined;
  const patient =
    (done: Done): Done =>
    (error) => {
      const { code }: LinkError = error ?? new Error('none');
      if (socket.destroyed || socket.readableEnded || !UNWANTED.has(code)) done(error);
      else failed = () => done(error);
    };
  const write = socket._write.bind(socket);
  const writeMany = socket._writev?.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, patient(done));
  if (writeMany !== undefined) socket._writev = (chunks, done) => writeMany(chunks, patient(done));
  const over = (): void => {
    failed?.();
    failed = undefined;
  };
  socket.once('end', over).once('close', over);
}
