import { connect } from 'node:net';
import type { OriginRequest } from '../support/origin.ts';
import { mutant } from './mutate.ts';
import type { Random } from './random.ts';

/** Valid and invalid responses to mutate. M is replaced by the request's own marker. */
const ANSWERS: readonly string[] = [
  'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{M}',
  'HTTP/1.1 200 OK\r\nX: {M}\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{M}\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\nA;e=f\r\n0123456789\r\n14\r\n{M}\r\n0\r\nX: {M}\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX: {M}\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\nX: {M}\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nX: {M}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{M}',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{M}',
  'HTTP/1.0 200 OK\r\nX: {M}\r\n\r\n{M}',
  'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{M}',
  'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{M}HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{M}',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n{M}',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{M}',
];

const MARKER = /marker-(\d+)-/g;

/** The same length for every number, so that lengths in the corpus are right. */
function marker(id: number): string {
  return `marker-${String(id).padStart(12, '0')}-`;
}

/** Answers every request with a mutant that carries the marker from its target. Sent at once: surplus that arrives after the next request is indistinguishable from an answer to it. */
export function misbehave(random: Random): (request: OriginRequest) => void {
  return ({ connection, target }) => {
    const own = marker(Number(target.slice(1)));
    connection.send(mutant(random, ANSWERS).replaceAll('{M}', own).slice(0, 4000));
    if (random.chance(3)) connection.end();
    else if (random.chance(8)) connection.reset();
  };
}

const REQUESTS: readonly string[] = [
  'GET /{N} HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /{N} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  'HEAD /{N} HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /{N} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /{N} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST /{N} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel',
  'GET /{N} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n',
];

/** One client with one request; returns what it received that was meant for another, or undefined. It always ends, by itself or after `patience` milliseconds. */
export function client(port: number, random: Random, id: number, patience: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const giveUp = setTimeout(() => socket.destroy(), patience);
    socket.on('connect', () => {
      socket.write(random.pick(REQUESTS).replace('{N}', String(id)));
      if (random.chance(6)) socket.end();
      else if (random.chance(10)) socket.resetAndDestroy();
    });
    socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(giveUp);
      const foreign = [...text.matchAll(MARKER)].find(([, number]) => Number(number) !== id);
      resolve(foreign === undefined ? undefined : `client ${id} got ${foreign[0]} in ${JSON.stringify(text)}`);
    });
  });
}
