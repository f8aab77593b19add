/**
 * The checks of protocols (HAProxy: `option mysql-check`, `pgsql-check`, `redis-check`, `smtpchk`, `ldap-check`, `ssl-hello-chk`):
 * scripts that are not written out, with what each protocol's specification says about its first messages.
 */
import type { CheckScript, Verdict } from '../model/check.ts';
import { expectBytes, NO_OPTIONS, verdict } from './expect.ts';
import type { ExpectOptions, Pattern } from './expect.ts';
import { connect, protocolScript as script, send, type ProtocolStep as Step } from './protocol-script.ts';

/** Expects bytes at the beginning of what was received. */
function begins(expression: RegExp, options: Partial<ExpectOptions>): Step {
  const pattern: Pattern = {
    what: 'regex',
    shown: ' (regex)',
    least: () => 0,
    matches: (received) => expression.test(received),
  };
  return expectBytes(pattern, { ...NO_OPTIONS, ...options }, true);
}

/** Everything after `from`, up to the end of its line. */
const lineFrom =
  (from: number) =>
  (received: string): string =>
    (received.slice(from).split(/[\r\n]/, 1)[0] ?? '').trimStart();

const text = (read: (received: string) => string): ExpectOptions['onError'] => {
  return ({ received }) => read(received?.text ?? '');
};

// ---- Redis ---------------------------------------------------------------------------------------

/** Asks PING and expects PONG (Redis serialization protocol). */
export function redisCheck(): CheckScript {
  const options = {
    errorStatus: 'L7STS',
    onError: text(lineFrom(0)),
    onSuccess: () => 'Redis server is ok',
  } as const;
  return script(connect(false), send('*1\r\n$4\r\nPING\r\n'), begins(/^\+PONG\r\n/, options));
}

// ---- SMTP ----------------------------------------------------------------------------------------

/** Waits for the greeting, says HELO or EHLO, and leaves with QUIT (RFC 5321). `greeting`: `HELO localhost`. */
export function smtpCheck(greeting: string): CheckScript {
  const statusCode: ExpectOptions['statusCode'] = ({ received }) => Number(received?.text.slice(0, 3)) || 0;
  const reply = { minRecv: 4, statusCode, onError: text(lineFrom(4)) } as const;
  return script(
    connect(true),
    begins(/^\d{3}[ \r]/, { minRecv: 4, onError: text(lineFrom(0)) }),
    begins(/^2\d{2}[ \r]/, { ...reply, errorStatus: 'L7STS' }),
    send(`${greeting}\r\n`),
    // Its last line may be yet to come; as in HAProxy a refusal shows when no such line comes in time.
    begins(/^(?:2\d{2}-[^\r]*\r\n)*2\d{2}[ \r]/, { ...reply, minRecv: -1, errorStatus: 'L7STS' }),
    send('QUIT\r\n'),
    begins(/^2\d{2}[- \r]/, { ...reply, errorStatus: 'L7STS', onSuccess: text(lineFrom(4)) }),
  );
}

// ---- PostgreSQL ----------------------------------------------------------------------------------

/** `R`, a length, and a way of authentication from 0 (none) to 12. */
// oxlint-disable-next-line no-control-regex -- the message is binary
const AUTHENTICATION = /^R[^]{4}\0\0\0[\0-\x0c]/;

/** Sends a StartupMessage and expects a request for authentication (PostgreSQL protocol 3.0). */
export function pgsqlCheck(user: string): CheckScript {
  const body = `\x00\x03\x00\x00user\x00${user}\x00\x00`;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return script(
    connect(true),
    send(length.toString('latin1') + body),
    begins(/^E/, { negated: true, minRecv: 5, onError: text((received) => received.slice(6).split('\0', 1)[0] ?? '') }),
    // AuthenticationOk, or any way of asking for a password: a server that asks is up.
    begins(AUTHENTICATION, {
      minRecv: 9,
      errorStatus: 'L7STS',
      onSuccess: () => 'PostgreSQL server is ok',
      onError: () => 'PostgreSQL unknown error',
    }),
  );
}

// ---- MySQL ---------------------------------------------------------------------------------------

/**
 * Waits for the server's handshake; with `user`, also logs in without a password and quits (MySQL client/server protocol,
 * Connection Phase). `old`: the login of clients before 4.1.
 */
export function mysqlCheck(user: string | undefined, old: boolean): CheckScript {
  if (user === undefined) return script(connect(true), packet(0));
  const login = old
    ? `\x00\x80\x00\x00\x01${user}\x00\x00`
    : `\x00\x82\x00\x00\x00\x80\x00\x01\x21${'\0'.repeat(23)}${user}\x00\x00`;
  const header = String.fromCharCode(login.length & 0xff, login.length >> 8, 0, 1);
  const quit = '\x01\x00\x00\x00\x01';
  return script(connect(true), send(header + login + quit), packet(0), packet(1));
}

/** Expects the packet with this index; one that reports an error ends the check. The version of the server is what is logged. */
function packet(index: number): Step {
  return {
    kind: 'expect',
    what: 'custom',
    timeoutStatus: 'L7TOUT',
    judge({ text: received, complete }): Verdict | undefined {
      const bytes = Buffer.from(received, 'latin1');
      let at = 0;
      for (let skipped = 0; skipped < index && at + 4 <= bytes.length; skipped += 1) at += 4 + bytes.readUIntLE(at, 3);
      const end = at + 4 <= bytes.length ? at + 4 + bytes.readUIntLE(at, 3) : Number.POSITIVE_INFINITY;
      if (bytes.length < end || end === at + 4) return complete ? verdict('L7RSP', '') : undefined;
      if (bytes[at + 4] === 0xff) {
        const code = end >= at + 7 ? bytes.readUInt16LE(at + 5) : 0;
        return verdict('L7STS', received.slice(at + 7, end), code);
      }
      return verdict('L7OK', received.slice(5).split('\0', 1)[0] ?? '');
    },
  };
}

// ---- LDAP ----------------------------------------------------------------------------------------

const NOT_LDAP = 'Not LDAPv3 protocol';

/** An anonymous bind (RFC 4511 §4.2): message 1, version 3, no name, simple authentication without a password. */
export function ldapCheck(): CheckScript {
  const bind = '\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00';
  return script(connect(false), send(bind), {
    kind: 'expect',
    what: 'custom',
    timeoutStatus: 'L7TOUT',
    judge({ text: received, complete }): Verdict | undefined {
      if (received !== '' && !received.startsWith('\x30')) return verdict('L7RSP', NOT_LDAP);
      const message = berContent(received, 0);
      if (message === undefined) return complete ? verdict('L7RSP', NOT_LDAP) : undefined;
      // messageID 1, then bindResponse [APPLICATION 1], whose first element is an ENUMERATED resultCode.
      const response = message.startsWith('\x02\x01\x01\x61') ? berContent(message, 3) : undefined;
      if (response?.startsWith('\x0a\x01') !== true || response.length < 3) return verdict('L7RSP', NOT_LDAP);
      const code = response.charCodeAt(2);
      return code === 0
        ? verdict('L7OK', 'Success')
        : verdict('L7STS', 'See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9', code);
    },
  });
}

/** The content of the BER element at `at`; undefined when it is not complete. Lengths of up to four bytes. */
function berContent(bytes: string, at: number): string | undefined {
  const first = bytes.charCodeAt(at + 1);
  if (Number.isNaN(first)) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4 || bytes.length < at + 2 + count) return undefined;
  let length = count === 0 ? first : 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + bytes.charCodeAt(at + 2 + index);
  const from = at + 2 + count;
  return bytes.length < from + length ? undefined : bytes.slice(from, from + length);
}

// ---- TLS -----------------------------------------------------------------------------------------

/** An alert or a handshake message. */
// oxlint-disable-next-line no-control-regex -- records are binary
const TLS_RECORD = /^[\x15\x16]/;
/** Suites that servers of TLS 1.2 have; any answer will do, an alert too. */
const SUITES = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0x009c, 0x002f, 0x0035];

/**
 * Sends a ClientHello and expects a handshake message or an alert: something that speaks TLS. HAProxy says hello in SSL 3.0, which
 * servers answer with an alert at best; this one speaks TLS 1.2 (RFC 5246 §7.4.1.2).
 */
export function helloCheck(): CheckScript {
  const options = { minRecv: 5, okStatus: 'L6OK', errorStatus: 'L6RSP', timeoutStatus: 'L6TOUT' } as const;
  return script(connect(false), send(clientHello()), begins(TLS_RECORD, options));
}

function clientHello(): string {
  const two = (value: number): string => String.fromCharCode(value >> 8, value & 0xff);
  const vector = (content: string): string => two(content.length) + content;
  const suites = SUITES.map(two).join('');
  // supported_groups: x25519, secp256r1; ec_point_formats: uncompressed; signature_algorithms: ECDSA and RSA with SHA-256.
  const groups = two(10) + vector(vector(two(29) + two(23)));
  const formats = two(11) + vector('\x01\x00');
  const signatures = two(13) + vector(vector(two(0x0403) + two(0x0804) + two(0x0401)));
  const body = `\x03\x03${'headgate health check hello!'.padEnd(32, '.')}\x00${vector(suites)}\x01\x00${vector(groups + formats + signatures)}`;
  const handshake = `\x01\x00${vector(body)}`;
  return `\x16\x03\x01${vector(handshake)}`;
}
