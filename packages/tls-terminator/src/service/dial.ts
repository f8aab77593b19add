import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Service } from '../model/snapshot.ts';
import type { Candidate } from './candidates.ts';

/** Called with the first `length` bytes of `bytes`, which are reused afterwards; false stops the reading. */
export type OnRead = (length: number, bytes: Uint8Array) => boolean;

/**
 * Three TLS records, read at a time. A client that reads nothing keeps them twice, plain and encrypted, so more would cost
 * memory for each such client, and less costs time for all.
 */
const MOST_READ = 48 * 1024;

/**
 * Every server socket of the process reads into this one piece of memory and its bytes are used before the next
 * read: an allocation less for each read, and none for an idle connection. libuv reads and reports in
 * one go on every POSIX system.
 */
const readBuffer = Buffer.allocUnsafeSlow(MOST_READ);

/** Begins a connection to a server. The caller listens for `connect`, `error` and `close` before anything else. */
export function dial(
  candidate: Candidate,
  { localAddress, sockets }: Pick<Service, 'localAddress' | 'sockets'>,
  onRead: OnRead,
): Socket {
  const common = { allowHalfOpen: true, onread: { buffer: readBuffer, callback: onRead } };
  if ('path' in candidate) return connect({ ...common, path: candidate.path });
  return connect({
    ...common,
    host: candidate.host,
    port: candidate.port,
    noDelay: sockets.serverNoDelay,
    keepAlive: sockets.serverKeepAlive,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
}
