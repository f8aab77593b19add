import { once } from 'node:events';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Why this port of 127.0.0.1 cannot be listened on; undefined when it can. */
export async function obstacle(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'needs privileges' : 'is in use';
  } finally {
    server.close();
  }
}

export interface Question {
  readonly host: string;
  readonly port: number;
  /** Certificate authority to trust; undefined for plain HTTP. */
  readonly ca: Buffer | undefined;
}

/** The status of the response to `GET /`, or undefined without one. The name need not resolve: it connects to 127.0.0.1. */
export async function ask({ host, port, ca }: Question): Promise<number | undefined> {
  const options = {
    host: '127.0.0.1',
    port,
    agent: false as const,
    headers: { host: `${host}:${port}` },
    timeout: 1000,
  };
  return await new Promise((resolve) => {
    const request = ca === undefined ? get(options) : getSecurely({ ...options, ca, servername: host });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/** Retries until the response has this status. */
export async function untilAnswered(question: Question, status: number, signal: AbortSignal): Promise<void> {
  while ((await ask(question)) !== status) await delay(25, undefined, { signal });
}
