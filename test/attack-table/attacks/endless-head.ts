import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { flood, stalled } from '../floods.ts';

const LINES = `X-Line: ${'x'.repeat(1000)}\r\n`.repeat(50);

export const endlessHead: Attack = {
  kind: 'exhaust',
  title: 'a server whose head never ends',
  async run(t, victim) {
    victim.origin.replies.set('/head', (_, { socket }) => flood(socket, LINES, 'HTTP/1.1 200 OK\r\n'));
    const client = await send(t, victim, 'GET /head HTTP/1.1\r\nHost: a\r\n\r\n');
    const { connection } = await victim.origin.head('/head');
    const answered = await happens(client.expect(/^HTTP\/1\.1 50\d /, PATIENCE));
    const taken = await stalled(connection.socket);
    if (!victim.process.running) return 'the process dies';
    if (taken !== undefined) return `takes ${taken} MB and more of it`;
    return answered ? undefined : client.ending === undefined ? 'the client waits indefinitely' : 'no response';
  },
};
