/** What cases of tables of connections in mode tcp do. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RawServer, RawSocket } from './raw.ts';
import type { Stage, TcpCase } from './tcp-table.ts';
import { until } from './until.ts';

/** The next connection to a server, which has got what the client sent. */
export async function pass(client: RawSocket, server: RawServer, text = 'x'): Promise<RawSocket> {
  client.send(text);
  const accepted = await server.next();
  await accepted.expect(text);
  return accepted;
}

/**
 * What becomes of a second client while a first has the only place of the server: how the second ends after `act`, and the log lines
 * of both. The first leaves once the line of the second is there.
 */
export async function queued(
  { client, one, lines }: Stage,
  act: (second: RawSocket) => unknown,
): Promise<readonly [string, readonly string[]]> {
  const first = await client();
  const accepted = await pass(first, one);
  const second = await client();
  await act(second);
  const ending = await second.ended();
  await lines(1);
  accepted.end();
  first.end();
  await first.ended();
  return [ending, await lines(2)];
}

/** Nothing tells a client that it waits in a queue, or that rules wait for more of it: time is left for both to begin. */
export const settle = (): Promise<void> => pause(100);

/** Which servers so many clients reach one after the other, each gone before the next. */
export async function order(
  { client, one, two, three }: Stage,
  count: number,
  from: (index: number) => string = () => '127.0.0.1',
): Promise<string> {
  const servers = { 1: one, 2: two, 3: three };
  let seen = '';
  const counts = (): number[] => Object.values(servers).map(({ connections }) => connections.length);
  for (let index = 0; index < count; index += 1) {
    const before = counts();
    const own = await client(from(index));
    own.send('x');
    const name = await arrived(() => counts().findIndex((now, at) => now > (before[at] ?? 0)));
    seen += String(name + 1);
    Object.values(servers)[name]?.connections.at(-1)?.end();
    own.end();
    await own.ended();
  }
  return seen;
}

export async function arrived(find: () => number): Promise<number> {
  const { at } = await until('a connection to one of the servers', () => {
    const found = find();
    return found < 0 ? undefined : { at: found };
  });
  return at;
}

/** How a connection ends that may be reset before it is seen to be open. */
export async function refused(client: Stage['client']): Promise<string> {
  const own = await client().catch(() => undefined);
  return own?.ended() ?? 'reset';
}

/** HAProxy names the default backend where rules ended before one was chosen. */
export function unplaced(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/ \S+\/<NOSRV> /, ' <NOSRV> '));
}

export const THREE = ['server one 127.0.0.1:$one', 'server two 127.0.0.1:$two', 'server three 127.0.0.1:$three'];

export function balanced(lines: readonly string[], count = 6, from?: (index: number) => string): TcpCase {
  return { backend: [...lines, ...THREE], play: (stage) => order(stage, count, from) };
}
