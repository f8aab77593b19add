import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { PlainLink } from '@headgate/shared/net/node/plain-link';
import type { NegotiatedProtocol } from '../model/snapshot.ts';
import { Conversation } from './conversation.ts';
import { negotiateWithClient, negotiateWithServer } from './negotiate.ts';

/** Both ends of a connection. */
async function pair(t: TestContext): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect({
    port: typeof address === 'object' && address !== null ? address.port : 0,
    host: '127.0.0.1',
  });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  for (const socket of [client, accepted]) socket.on('error', () => {});
  return [client, accepted];
}

/** What the other end says, each piece once something has come. */
function script(socket: Socket, pieces: readonly string[]): void {
  const left = [...pieces];
  socket.on('data', () => {
    const next = left.shift();
    if (next !== undefined) socket.write(next, 'latin1');
  });
}

const settings = {
  host: 'a.test:443',
  username: undefined,
  password: undefined,
  authentication: 'basic',
  headers: [],
} as const;

const refusals: readonly (readonly [NegotiatedProtocol, says: readonly string[], RegExp])[] = [
  ['smtp', ['EHLO x\r\n', 'STARTTLS\r\nEHLO injected\r\n'], /sent more before it started TLS/],
  ['smtp', ['QUIT\r\n'], /it left/],
  ['pop3', ['STLS\r\nUSER injected\r\n'], /sent more before it started TLS/],
  ['imap', ['a STARTTLS\r\nb LOGIN injected\r\n'], /sent more before it started TLS/],
  ['pgsql', ['\0\0\0\x08\x00\x03\x00\x00'], /did not ask for TLS/],
  ['smtp', [`EHLO ${'x'.repeat(70_000)}`], /more than an answer/],
  ['smtp', ['NOOP\r\n'.repeat(101)], /did not start TLS/],
];

for (const [protocol, says, why] of refusals) {
  test(`a client of ${protocol} is turned away: ${why.source}`, async (t) => {
    const [client, accepted] = await pair(t);
    script(client, protocol === 'pgsql' ? [] : says);
    if (protocol === 'pgsql') client.write(says[0] ?? '', 'latin1');
    await assert.rejects(negotiateWithClient(protocol, new Conversation(new PlainLink(accepted))), why);
  });
}

const servers: readonly (readonly [
  NegotiatedProtocol,
  greets: string,
  answers: readonly string[],
  RegExp | undefined,
])[] = [
  ['smtp', '220 a\r\n', ['250-a\r\n250-STARTTLS\r\n250 HELP\r\n', '220 go\r\n'], undefined],
  ['smtp', '220 a\r\n', ['250 a\r\n'], /does not offer STARTTLS/],
  ['smtp', '554 no\r\n', [], /it said: 554 no/],
  ['smtp', '220 a\r\n', ['250 STARTTLS\r\n', '220 go\r\n250 injected\r\n'], /sent more before TLS/],
  ['nntp', '200 hi\r\n', ['382 go\r\n'], undefined],
  ['nntp', '200 hi\r\n', ['580 no\r\n'], /it said: 580 no/],
  ['ldap', '', ['\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00'], undefined],
  ['ldap', '', ['\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x35\x04\x00\x04\x00'], /refused StartTLS with code 53/],
  ['pgsql', '', ['N'], /does not offer TLS/],
  ['connect', '', ['HTTP/1.1 200 OK\r\nVia: x\r\n\r\n'], undefined],
  ['connect', '', ['HTTP/1.1 407 \x1bwho\r\n\r\n'], /the proxy said: HTTP\/1\.1 407 \?who/],
];

for (const [protocol, greets, answers, why] of servers) {
  test(`a server of ${protocol} that says ${JSON.stringify([greets, ...answers].join('').slice(0, 40))}`, async (t) => {
    const [client, accepted] = await pair(t);
    script(accepted, answers);
    if (greets !== '') accepted.write(greets);
    const seen: string[] = [];
    const done = negotiateWithServer({ ...settings, protocol }, new Conversation(new PlainLink(client)), (text) =>
      seen.push(text),
    );
    if (why === undefined) await done;
    else await assert.rejects(done, why);
    assert.equal(seen.join(''), why?.source.includes('554') === true ? '' : greets);
  });
}
