/** Our terminator and stunnel on both sides of TLS: every service of one talks to the same service of the other. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { OpenSsl, SERVER, AUTHORITY } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { TERMINATORS, missing, startProgram } from '../../support/programs.ts';
import type { Terminator } from '../../support/programs.ts';
import { settled } from '../../support/until.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const serverPair = openssl.issue({ name: 'server.test', by: authority, extensions: SERVER('DNS:server.test') });
const secondPair = openssl.issue({ name: 'second.test', by: authority, extensions: SERVER('DNS:second.test') });
const clientPair = openssl.issue({
  name: 'alice',
  by: authority,
  extensions: ['extendedKeyUsage=clientAuth', 'subjectAltName=email:alice@example.test'],
});
const strangerPair = openssl.issue({ name: 'stranger', extensions: ['subjectAltName=DNS:server.test'] });
const CA = openssl.write('ca.pem', authority.cert);
const SERVER_PEM = openssl.write('server.pem', serverPair.key + serverPair.cert);
const SECOND_PEM = openssl.write('second.pem', secondPair.key + secondPair.cert);
const CLIENT_PEM = openssl.write('client.pem', clientPair.key + clientPair.cert);
const STRANGER_PEM = openssl.write('stranger.pem', strangerPair.key + strangerPair.cert);
const PINNED = openssl.write('pinned.pem', clientPair.cert + serverPair.cert);
const PSK = openssl.write('psk.txt', 'first:00112233445566778899aabbccddeeff\nalice:a secret of text, long enough\n');

/** One line of the configuration of each side, and what a client that writes `hello` gets. */
interface Row {
  readonly name: string;
  readonly server: readonly string[];
  readonly client: readonly string[];
  /** What the server of plain bytes says first. */
  readonly greets?: string;
  /** Undefined: the connection is refused. */
  readonly answer: string | undefined;
  /** More sections of the server, with their own answers. */
  readonly more?: readonly string[];
}

const rows: readonly Row[] = [
  { name: 'nothing is verified', server: [], client: [], answer: 'echo: hello' },
  {
    name: 'the server is verified by its authority and name',
    server: [],
    client: ['verifyChain = yes', `CAfile = ${CA}`, 'checkHost = server.test'],
    answer: 'echo: hello',
  },
  {
    name: 'a server for another name is refused',
    server: [],
    client: ['verifyChain = yes', `CAfile = ${CA}`, 'checkHost = other.test'],
    answer: undefined,
  },
  {
    name: 'a server of an unknown authority is refused',
    server: [`cert = ${STRANGER_PEM}`],
    client: ['verifyChain = yes', `CAfile = ${CA}`, 'checkHost = server.test'],
    answer: undefined,
  },
  {
    name: 'a client is verified by its authority and address',
    server: ['verifyChain = yes', `CAfile = ${CA}`, 'checkEmail = alice@example.test'],
    client: [`cert = ${CLIENT_PEM}`],
    answer: 'echo: hello',
  },
  {
    name: 'a client without a certificate is refused',
    server: ['verifyChain = yes', `CAfile = ${CA}`],
    client: [],
    answer: undefined,
  },
  {
    name: 'a client without a certificate is redirected',
    server: ['verifyChain = yes', `CAfile = ${CA}`, 'redirect = REDIRECT'],
    client: [],
    answer: 'redirected: hello',
  },
  {
    name: 'each side knows the very certificate of the other',
    server: ['verifyPeer = yes', `CAfile = ${PINNED}`],
    client: [`cert = ${CLIENT_PEM}`, 'verifyPeer = yes', `CAfile = ${PINNED}`],
    answer: 'echo: hello',
  },
  {
    name: 'a client with another certificate than those known is refused',
    server: ['verifyPeer = yes', `CAfile = ${PINNED}`],
    client: [`cert = ${SECOND_PEM}`],
    answer: undefined,
  },
  {
    name: 'a requested name leads to a service with its own certificate and server',
    server: [],
    more: ['sni = NAME:*.second.test', 'sni = NAME:second.test', `cert = ${SECOND_PEM}`, 'connect = REDIRECT'],
    client: ['sni = second.test', 'verifyChain = yes', `CAfile = ${CA}`, 'checkHost = second.test'],
    answer: 'redirected: hello',
  },
  {
    name: 'another name stays at the first service',
    server: [],
    more: ['sni = NAME:second.test', `cert = ${SECOND_PEM}`, 'connect = REDIRECT'],
    client: ['sni = third.test', 'verifyChain = yes', `CAfile = ${CA}`, 'checkHost = server.test'],
    answer: 'echo: hello',
  },
  {
    name: 'both sides share a key',
    server: [`PSKsecrets = ${PSK}`],
    client: [`PSKsecrets = ${PSK}`, 'PSKidentity = alice'],
    answer: 'echo: hello',
  },
  {
    name: 'SMTP starts TLS',
    server: ['protocol = smtp'],
    client: ['protocol = smtp'],
    greets: '220 mail.test ESMTP\r\n',
    answer: '220 GREETING echo: hello',
  },
  {
    name: 'POP3 starts TLS',
    server: ['protocol = pop3'],
    client: ['protocol = pop3'],
    greets: '+OK pop.test\r\n',
    answer: '+OK GREETING echo: hello',
  },
  {
    name: 'IMAP starts TLS',
    server: ['protocol = imap'],
    client: ['protocol = imap'],
    greets: '* OK imap.test\r\n',
    answer: '* OK GREETING echo: hello',
  },
  { name: 'PostgreSQL starts TLS', server: ['protocol = pgsql'], client: ['protocol = pgsql'], answer: 'echo: hello' },
];

/** A server that greets, and repeats the first line with a word before it. */
async function startEcho(t: TestContext, word: string, greeting = ''): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(greeting);
    socket.once('data', (chunk: Buffer) => socket.end(`${word}: ${chunk.toString()}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(t, () => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a client of plain bytes gets that greets with `hello`; undefined when it is cut off without a byte. */
async function talk(port: number, waitsForGreeting: boolean): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1' });
  let answer = '';
  let said = false;
  const say = (): void => {
    if (!said) socket.write('hello\n');
    said = true;
  };
  socket.on('connect', () => waitsForGreeting || say());
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
    say();
  });
  socket.on('error', () => {});
  await settled('the end', new Promise((resolve) => socket.on('close', resolve)));
  return answer === '' ? undefined : answer;
}

function plain(answer: string | undefined): string | undefined {
  // Greetings of the two differ; that there is one, once, does not.
  return answer?.replace(/^(220|\+OK|\* OK)[^\n]*\r\n/, '$1 GREETING ').trim();
}

for (const serverSide of TERMINATORS) {
  for (const clientSide of TERMINATORS) {
    if (serverSide === 'stunnel4' && clientSide === 'stunnel4') continue;
    const skip = missing(serverSide, clientSide);
    test(`${clientSide} as the client of ${serverSide}`, { skip }, (t) => matrix(t, serverSide, clientSide));
  }
}

async function matrix(t: TestContext, serverSide: Terminator, clientSide: Terminator): Promise<void> {
  const echo = await startEcho(t, 'echo');
  const redirect = await startEcho(t, 'redirected');
  const head = ['foreground = yes', 'pid =', 'syslog = no', 'debug = info', ''];
  const servers: string[] = [...head, `cert = ${SERVER_PEM}`];
  const clients: string[] = [...head];
  const ports: { readonly row: Row; readonly tls: number; readonly local: number }[] = [];
  for (const [index, row] of rows.entries()) {
    const [tls, local] = [await freePort(), await freePort()];
    const target = row.greets === undefined ? echo : await startEcho(t, 'echo', row.greets);
    const name = `row${index}`;
    const fill = (line: string): string =>
      line.replaceAll('NAME', name).replaceAll('REDIRECT', `127.0.0.1:${redirect}`);
    servers.push(`[${name}]`, `accept = 127.0.0.1:${tls}`, `connect = 127.0.0.1:${target}`, ...row.server.map(fill));
    if (row.more !== undefined) servers.push(`[${name}more]`, ...row.more.map(fill));
    clients.push(
      `[${name}]`,
      'client = yes',
      `accept = 127.0.0.1:${local}`,
      `connect = 127.0.0.1:${tls}`,
      ...row.client.map(fill),
    );
    ports.push({ row, tls, local });
  }
  const serverFile = openssl.write(`${serverSide}-${clientSide}-server.conf`, servers.join('\n'));
  const clientFile = openssl.write(`${serverSide}-${clientSide}-client.conf`, clients.join('\n'));
  const of = (key: 'tls' | 'local'): readonly number[] => ports.slice(0, 1).map((each) => each[key]);
  const server = await startProgram(t, serverSide, serverFile, of('tls'));
  const client = await startProgram(t, clientSide, clientFile, of('local'));
  const got: Record<string, string | undefined> = {};
  for (const { row, local } of ports) got[row.name] = plain(await talk(local, row.greets !== undefined));
  const wanted = Object.fromEntries(rows.map(({ name, answer }) => [name, answer]));
  assert.deepEqual(got, wanted, `${server.stderr}\n${client.stderr}`);
}
