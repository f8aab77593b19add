import type { NegotiatedProtocol, NegotiationSettings } from '../model/snapshot.ts';
import type { Conversation } from './conversation.ts';

/** Lines of a greeting or of capabilities that are read at most. */
const MOST_LINES = 100;
const NAME = 'headgate';

/** The conversation with a client up to the point at which it starts TLS; rejects when it does not want to. */
type WithClient = (client: Conversation) => Promise<void>;

/** With a server, up to the point at which it expects TLS. `greet` sends on what the client has to see of it. */
type WithServer = (server: Conversation, settings: NegotiationSettings, greet: (text: string) => void) => Promise<void>;

/** Negotiates with a client that begins in the clear (stunnel's server-side protocols). */
export async function negotiateWithClient(protocol: NegotiatedProtocol, client: Conversation): Promise<void> {
  const negotiation = withClients[protocol];
  if (negotiation === undefined) throw new Error(`protocol ${protocol} is not negotiated with clients`);
  await negotiation(client);
  // What came before TLS must not be taken for something that came within it (CVE-2011-0411).
  if (client.waiting > 0 && protocol !== 'pgsql') throw new Error('it sent more before it started TLS');
}

/** Negotiates with a server that begins in the clear (stunnel's client-side protocols). */
export async function negotiateWithServer(
  settings: NegotiationSettings,
  server: Conversation,
  greet: (text: string) => void,
): Promise<void> {
  await withServers[settings.protocol](server, settings, greet);
  if (server.waiting > 0) throw new Error('it sent more before TLS was started');
}

/**
 * What a server of plain bytes says first, and a client that has negotiated TLS with us does not expect: RFC 3207 §4.2 and RFC 2595 §4 begin
 * anew, without a greeting.
 */
export async function skipGreeting(protocol: NegotiatedProtocol, server: Conversation): Promise<void> {
  if (protocol === 'smtp') await reply(server, '220');
  else if (protocol === 'imap') await expectLine(server, /^\* (OK|PREAUTH)/i);
  else if (protocol === 'pop3') await expectLine(server, /^\+OK/i);
}

const withClients: Readonly<Partial<Record<NegotiatedProtocol, WithClient>>> = {
  async smtp(client) {
    client.send(`220 ${NAME} ESMTP\r\n`);
    for (let lines = 0; lines < MOST_LINES; lines += 1) {
      const line = await client.line();
      if (/^EHLO /i.test(line)) client.send(`250-${NAME}\r\n250 STARTTLS\r\n`);
      else if (/^HELO /i.test(line)) client.send(`250 ${NAME}\r\n`);
      else if (/^NOOP\b/i.test(line)) client.send('250 OK\r\n');
      else if (/^QUIT\b/i.test(line)) throw left(client, '221 Bye\r\n');
      else if (!/^STARTTLS\s*$/i.test(line)) client.send('530 Must issue a STARTTLS command first\r\n');
      else return client.send('220 Go ahead\r\n');
    }
    throw new Error('it did not start TLS');
  },
  async imap(client) {
    client.send('* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n');
    for (let lines = 0; lines < MOST_LINES; lines += 1) {
      const [, tag = '*', command = ''] = /^(\S{1,64}) (\S+)/.exec(await client.line()) ?? [];
      const verb = command.toUpperCase();
      if (verb === 'CAPABILITY') client.send(`* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n${tag} OK done\r\n`);
      else if (verb === 'NOOP') client.send(`${tag} OK done\r\n`);
      else if (verb === 'LOGOUT') throw left(client, `* BYE\r\n${tag} OK done\r\n`);
      else if (verb !== 'STARTTLS') client.send(`${tag} BAD start TLS first\r\n`);
      else return client.send(`${tag} OK begin TLS\r\n`);
    }
    throw new Error('it did not start TLS');
  },
  async pop3(client) {
    client.send('+OK ready\r\n');
    for (let lines = 0; lines < MOST_LINES; lines += 1) {
      const verb = (await client.line()).trim().toUpperCase();
      if (verb === 'CAPA') client.send('+OK\r\nSTLS\r\n.\r\n');
      else if (verb === 'QUIT') throw left(client, '+OK bye\r\n');
      else if (verb !== 'STLS') client.send('-ERR start TLS first\r\n');
      else return client.send('+OK begin TLS\r\n');
    }
    throw new Error('it did not start TLS');
  },
  async pgsql(client) {
    // SSLRequest, before which some clients ask for GSSAPI encryption (PostgreSQL manual §55.2.10).
    for (let requests = 0; requests < 2; requests += 1) {
      const request = await client.bytes(8);
      if (request.equals(SSL_REQUEST)) return client.send('S');
      if (!request.equals(GSS_REQUEST)) break;
      client.send('N');
    }
    throw new Error('it did not ask for TLS as PostgreSQL does');
  },
};

const withServers: Readonly<Record<NegotiatedProtocol, WithServer>> = {
  async smtp(server, { host = 'localhost' }, greet) {
    greet(await reply(server, '220'));
    server.send(`EHLO ${host}\r\n`);
    if (!/^250[ -]STARTTLS\s*$/im.test(await reply(server, '250'))) throw new Error('it does not offer STARTTLS');
    server.send('STARTTLS\r\n');
    await reply(server, '220');
  },
  async imap(server, _settings, greet) {
    greet(`${await expectLine(server, /^\* (OK|PREAUTH)/i)}\r\n`);
    server.send(`${NAME} STARTTLS\r\n`);
    await expectLine(server, new RegExp(`^${NAME} OK`, 'i'));
  },
  async pop3(server, _settings, greet) {
    greet(`${await expectLine(server, /^\+OK/i)}\r\n`);
    server.send('STLS\r\n');
    await expectLine(server, /^\+OK/i);
  },
  async nntp(server, _settings, greet) {
    greet(`${await expectLine(server, /^20[01] /)}\r\n`);
    server.send('STARTTLS\r\n');
    await expectLine(server, /^382 /);
  },
  async pgsql(server) {
    server.send(SSL_REQUEST);
    if ((await server.bytes(1)).toString('latin1') !== 'S') throw new Error('it does not offer TLS');
  },
  async ldap(server) {
    server.send(START_TLS);
    const head = await server.bytes(2);
    const length = head[1] ?? 0;
    if (head[0] !== 0x30 || length > 127) throw new Error('it does not speak LDAP');
    const body = await server.bytes(length);
    // LDAPMessage: message id 1, an extended response (0x78) whose result code is 0 (RFC 4511 §4.14.2).
    const response = body.indexOf(Buffer.from([0x78]));
    const code = response === -1 ? -1 : (body[response + 4] ?? -1);
    if (code !== 0) throw new Error(`it refused StartTLS with code ${code}`);
  },
  async connect(server, { host = '', username, password, headers }) {
    const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
    const lines = [
      `CONNECT ${host} HTTP/1.1`,
      `Host: ${host}`,
      ...(username === undefined ? [] : [`Proxy-Authorization: Basic ${login}`]),
      ...headers,
    ];
    server.send(`${lines.join('\r\n')}\r\n\r\n`);
    const status = await server.line();
    if (!/^HTTP\/1\.[01] 2\d\d\b/.test(status)) throw new Error(`the proxy said: ${printable(status)}`);
    for (let count = 0; (await server.line()) !== ''; count += 1)
      if (count >= MOST_LINES) throw new Error('the proxy sent too many header lines');
  },
};

/** Length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const GSS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]);

/** LDAPMessage 1 with an extended request for 1.3.6.1.4.1.1466.20037 (RFC 4511 §4.14.1). */
const START_TLS = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
]);

/** A reply of one or more lines (RFC 5321 §4.2), all with this code. */
async function reply(server: Conversation, code: string): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await server.line();
    if (!line.startsWith(code)) throw new Error(`it said: ${printable(line)}`);
    lines.push(`${line}\r\n`);
    if (line[3] !== '-') return lines.join('');
    if (lines.length > MOST_LINES) throw new Error('its reply has too many lines');
  }
}

async function expectLine(server: Conversation, pattern: RegExp): Promise<string> {
  const line = await server.line();
  if (pattern.test(line)) return line;
  throw new Error(`it said: ${printable(line)}`);
}

function left(client: Conversation, farewell: string): Error {
  client.send(farewell);
  return Object.assign(new Error('it left'), { code: 'ECONNRESET' });
}

/** What strangers say, fit for a log line. */
function printable(text: string): string {
  return text.slice(0, 100).replaceAll(/[^\x20-\x7E]/g, '?');
}
