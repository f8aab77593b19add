import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';
import { until } from './until.ts';

/** A syslog server on a UDP port of 127.0.0.1 that records what it receives. */
export interface Syslog {
  readonly port: number;
  /** Complete datagrams, `<142>Nov 23 …: message`, in order of arrival. */
  readonly datagrams: readonly string[];
  /** The messages only, without priority, date and tag. */
  messages(): readonly string[];
  /** The first message that matches. */
  message(pattern: RegExp, within?: number): Promise<string>;
}

const HEADER = /^<\d+>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?(?:\S+\[\d+\]: )?/;

export async function startSyslog(t: TestContext): Promise<Syslog> {
  const socket = createSocket('udp4');
  const datagrams: string[] = [];
  socket.on('message', (data) => datagrams.push(data.toString('utf8').trimEnd()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onCleanup(t, () => new Promise((resolve) => socket.close(() => resolve())));
  const messages = (): string[] => datagrams.map((line) => line.replace(HEADER, ''));
  return {
    port: socket.address().port,
    datagrams,
    messages,
    message: (pattern, within) =>
      until(`a log line like ${String(pattern)}`, () => messages().find((line) => pattern.test(line)), within).catch(
        (late: unknown) => Promise.reject(new Error(`${String(late)}; got:\n${messages().join('\n')}`)),
      ),
  };
}
