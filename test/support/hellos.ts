import { connect } from 'node:net';

/*
 * Ways to begin a connection over TLS that no browser has, and what a server that is careful replies to each: the names of records and
 * alerts, up to the end of the first flight. Long because it is one table.
 */

/** What is sent: one write each. `end`: then the sending side is closed. `answers`: the next is sent when something has come. */
export interface Beginning {
  readonly writes: readonly Buffer[];
  readonly end?: boolean;
  readonly answers?: boolean;
}

const [X25519, P256, GREASE] = [0x001d, 0x0017, 0x7a7a];
const [HANDSHAKE, ALERT, CHANGE, APPLICATION] = [22, 21, 20, 23];
const X25519_KEY = Buffer.concat([Buffer.from([9]), Buffer.alloc(31)]);
const P256_KEY = Buffer.from(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  'hex',
);
const SUITES = Buffer.from('130113021303c02bc02fc02cc030cca9cca8', 'hex');

const name = (text: string): Buffer =>
  extension(0, sized(2, Buffer.concat([Buffer.of(0), sized(2, Buffer.from(text, 'latin1'))])));
const groups = (...all: readonly number[]): Buffer => extension(10, sized(2, numbers(all)));
const versions = (...all: readonly number[]): Buffer => extension(43, sized(1, numbers(all)));
const shares = (...all: readonly (readonly [number, Buffer])[]): Buffer =>
  extension(51, sized(2, Buffer.concat(all.map(([group, key]) => Buffer.concat([numbers([group]), sized(2, key)])))));
const SIGNATURES = extension(13, sized(2, Buffer.from('0403080408050806050306030401', 'hex')));
const POINTS = extension(11, Buffer.of(1, 0));
const NAME = name('localhost');
const SHARE = shares([X25519, X25519_KEY]);
const NEWEST = versions(0x0304);
const USUAL = [NAME, groups(X25519, P256, 24), SIGNATURES, POINTS, versions(0x0304, 0x0303), SHARE];
const OLDER = [NAME, groups(X25519, P256), SIGNATURES, POINTS];
const UNKNOWN_PSK = [
  extension(45, Buffer.of(1, 1)),
  extension(
    41,
    Buffer.concat([
      sized(2, Buffer.concat([sized(2, Buffer.alloc(32, 'a')), Buffer.alloc(4)])),
      sized(2, sized(1, Buffer.alloc(32, 'b'))),
    ]),
  ),
];
const HELLO = hello(USUAL);
const WITHOUT_SHARE = [NAME, groups(P256), SIGNATURES, POINTS, NEWEST];
const RETRIED = record(hello([...WITHOUT_SHARE, shares()]));
const WARNING = record(Buffer.of(1, 90), ALERT);

const one = (...writes: readonly Buffer[]): Beginning => ({ writes });
const offering = (extensions: readonly Buffer[], more: HelloParts = {}): Beginning =>
  one(record(hello(extensions, more)));
const named = (body: Buffer): Beginning => offering([extension(0, body), ...USUAL.slice(1)]);

/** By what is strange about it: what is sent, and the reply. */
export const beginnings: Readonly<Record<string, readonly [string, Beginning]>> = {
  'nothing strange': ['ServerHello', one(record(HELLO))],
  'TLS 1.2': ['ServerHello', offering(OLDER)],
  'a byte in each write': ['ServerHello', one(...bytes(record(HELLO)))],
  'a byte in each record': ['ServerHello', one(Buffer.concat(bytes(HELLO).map((each) => record(each))))],
  'a byte in each record and write': ['ServerHello', one(...bytes(HELLO).map((each) => record(each)))],
  'padding of 12 kB': ['ServerHello', offering([...USUAL, extension(21, Buffer.alloc(12_000))])],
  'padding of 40 kB in three records': [
    'ServerHello',
    one(...cut(hello([...USUAL, extension(21, Buffer.alloc(40_000))]), 16_384)),
  ],
  'a message of a megabyte': [
    'illegal_parameter',
    one(...Array.from({ length: 4 }, () => record(Buffer.concat([Buffer.of(1, 16, 0, 0), Buffer.alloc(16_000)])))),
  ],
  'the form of SSL 2': ['handshake_failure', one(ssl2())],
  'a share of a group that is made up': [
    'ServerHello',
    offering([
      NAME,
      groups(GREASE, X25519),
      SIGNATURES,
      POINTS,
      versions(GREASE, 0x0304),
      shares([GREASE, Buffer.of(0)], [X25519, X25519_KEY]),
    ]),
  ],
  'twenty shares': [
    'ServerHello',
    offering([
      NAME,
      groups(X25519, P256, ...made(18)),
      SIGNATURES,
      POINTS,
      NEWEST,
      shares(
        [X25519, X25519_KEY],
        [P256, P256_KEY],
        ...made(18).map((group): [number, Buffer] => [group, Buffer.of(0)]),
      ),
    ]),
  ],
  'a share of a group that is not offered': ['illegal_parameter', offering([...WITHOUT_SHARE, SHARE])],
  'a share that is no point of its curve': [
    'illegal_parameter',
    offering([...WITHOUT_SHARE, shares([P256, Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)])])]),
  ],
  'a share of zeros': [
    'illegal_parameter',
    offering([NAME, groups(X25519), SIGNATURES, POINTS, NEWEST, shares([X25519, Buffer.alloc(32)])]),
  ],
  'the same again after a HelloRetryRequest': [
    'HelloRetryRequest, illegal_parameter',
    { writes: [RETRIED, RETRIED], answers: true },
  ],
  'the share after a HelloRetryRequest': [
    'HelloRetryRequest, ServerHello',
    { writes: [RETRIED, record(hello([...WITHOUT_SHARE, shares([P256, P256_KEY])]))], answers: true },
  ],
  'two in one record': ['unexpected_message', one(record(Buffer.concat([HELLO, HELLO])))],
  'an extension twice': ['illegal_parameter', offering([...USUAL, SIGNATURES])],
  'a pre-shared key that is not last': ['illegal_parameter', offering([...UNKNOWN_PSK, ...USUAL])],
  'a pre-shared key that nobody knows': ['ServerHello', offering([...USUAL, ...UNKNOWN_PSK])],
  'early data': [
    'ServerHello',
    one(
      Buffer.concat([
        record(hello([...USUAL, extension(42, Buffer.alloc(0)), ...UNKNOWN_PSK])),
        record(Buffer.alloc(100, 0x55), APPLICATION),
      ]),
    ),
  ],
  'an empty record in front': ['ServerHello', one(Buffer.concat([record(Buffer.alloc(0)), record(HELLO)]))],
  '200 empty records in front': [
    'unexpected_message',
    one(Buffer.concat([...Array.from({ length: 200 }, () => record(Buffer.alloc(0))), record(HELLO)])),
  ],
  'ChangeCipherSpec in front': [
    'unexpected_message',
    one(Buffer.concat([record(Buffer.of(1), CHANGE), record(HELLO)])),
  ],
  'a hundred warnings in front': [
    'unexpected_message',
    one(Buffer.concat([...Array.from({ length: 100 }, () => WARNING), record(HELLO)])),
  ],
  'a warning between its halves': [
    'unexpected_message',
    one(Buffer.concat([record(HELLO.subarray(0, 50)), WARNING, record(HELLO.subarray(50))])),
  ],
  'a heartbeat': ['unexpected_message', one(record(Buffer.of(1, 64, 0), 24))],
  'a request in a record': ['unexpected_message', one(record(Buffer.from('GET / HTTP/1.1\r\n'), APPLICATION))],
  'a record of version 5': ['', one(record(HELLO, HANDSHAKE, 0x0500))],
  'a record of 65,535 bytes': [
    'record_overflow',
    one(Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(200)])),
  ],
  zeros: ['', one(Buffer.alloc(1000))],
  SSH: ['', one(Buffer.from('SSH-2.0-OpenSSH_9\r\n'))],
  'no compression method': ['decode_error', offering(USUAL, { compression: Buffer.alloc(0) })],
  'compression alone': ['illegal_parameter', offering(USUAL, { compression: Buffer.of(1) })],
  'a session id of 33 bytes': ['decode_error', offering(USUAL, { id: Buffer.alloc(33, 1) })],
  'no extensions': ['handshake_failure', one(record(hello(undefined)))],
  'TLS 1.3 in the field of TLS 1.2': ['ServerHello', offering(USUAL, { version: 0x0304 })],
  'TLS 1.0': ['protocol_version', offering(OLDER, { version: 0x0301 })],
  'TLS 1.1 by extension': ['protocol_version', offering([...OLDER, versions(0x0302)])],
  'a fallback that is none': [
    'inappropriate_fallback',
    offering(OLDER, { suites: Buffer.concat([SUITES, Buffer.of(0x56, 0)]) }),
  ],
  'no common cipher': ['handshake_failure', offering(USUAL, { suites: Buffer.of(0, 5) })],
  'no common group': ['handshake_failure', offering([NAME, groups(GREASE), SIGNATURES, POINTS, NEWEST, shares()])],
  'no signatures in TLS 1.3': ['missing_extension', offering([NAME, groups(X25519), POINTS, NEWEST, SHARE])],
  'an empty list of names': ['decode_error', named(Buffer.alloc(2))],
  'two names': [
    'decode_error',
    named(
      sized(
        2,
        Buffer.concat([
          Buffer.of(0),
          sized(2, Buffer.from('localhost')),
          Buffer.of(0),
          sized(2, Buffer.from('b.test')),
        ]),
      ),
    ),
  ],
  'a name of another kind': [
    'decode_error',
    named(sized(2, Buffer.concat([Buffer.of(1), sized(2, Buffer.from('localhost'))]))),
  ],
  'a name with NUL': ['unrecognized_name', offering([name('local\0host'), ...USUAL.slice(1)])],
  'a name of 300 bytes': ['unrecognized_name', offering([name('a'.repeat(300)), ...USUAL.slice(1)])],
  'a name that is longer than its extension': [
    'decode_error',
    named(sized(2, Buffer.concat([Buffer.of(0), numbers([999]), Buffer.from('localhost')]))),
  ],
  'a byte behind its extensions': [
    'decode_error',
    one(record(message(Buffer.concat([HELLO.subarray(4), Buffer.of(0)])))),
  ],
  'an empty list of protocols': ['decode_error', offering([...USUAL, extension(16, Buffer.alloc(2))])],
  'fragments of 512 bytes wanted': ['ServerHello', offering([...USUAL, extension(1, Buffer.of(1))])],
  'compressed certificates, ECH and the unknown': [
    'ServerHello',
    offering([
      ...USUAL,
      extension(27, Buffer.of(2, 0, 2)),
      extension(0xfe0d, Buffer.alloc(200, 7)),
      extension(0x4469, Buffer.alloc(0)),
    ]),
  ],
  'half of it, and the end': ['', { writes: [record(HELLO).subarray(0, 60)], end: true }],
  'a ServerHello': ['unexpected_message', one(record(Buffer.concat([Buffer.of(2), HELLO.subarray(1)])))],
  'a Finished': ['unexpected_message', one(record(Buffer.concat([Buffer.of(20, 0, 0, 12), Buffer.alloc(12)])))],
  'a Finished in clear': [
    'ServerHello, protocol_version',
    one(Buffer.concat([record(hello(OLDER)), record(Buffer.concat([Buffer.of(20, 0, 0, 12), Buffer.alloc(12)]))])),
  ],
};

/** What a server replies to it, up to the end of its first flight or of the connection. */
export function replyTo(port: number, { writes, end = false, answers = false }: Beginning): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let got = Buffer.alloc(0);
    let next = 0;
    const done = (): void => {
      socket.destroy();
      resolve(words(got).join(', '));
    };
    const send = (): void => {
      const piece = writes[next++];
      if (piece === undefined) return end ? void socket.end() : undefined;
      socket.write(piece, () => (answers ? undefined : setImmediate(send)));
    };
    socket.on('connect', send).on('error', done).on('close', done);
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      const said = words(got);
      if (answers && next < writes.length && said.length > 0) send();
      else if (
        next >= writes.length &&
        said.includes('ServerHello') &&
        said.at(-1) !== 'HelloRetryRequest' &&
        !lacksAlert(writes)
      )
        done();
    });
  });
}

/** A ServerHello is not the last word to what follows one ClientHello in the same write. */
function lacksAlert(writes: readonly Buffer[]): boolean {
  const last = writes.at(-1);
  return last !== undefined && last.subarray(-16, -12).equals(Buffer.of(20, 0, 0, 12));
}

const ALERTS: Readonly<Record<number, string>> = {
  10: 'unexpected_message',
  22: 'record_overflow',
  40: 'handshake_failure',
  47: 'illegal_parameter',
  50: 'decode_error',
  70: 'protocol_version',
  86: 'inappropriate_fallback',
  109: 'missing_extension',
  112: 'unrecognized_name',
};
const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

function words(all: Buffer): string[] {
  const found: string[] = [];
  for (let rest = all; rest.length >= 7; rest = rest.subarray(5 + rest.readUInt16BE(3))) {
    const [type, , , , , first, second] = rest;
    if (type === ALERT && rest.readUInt16BE(3) === 2) found.push(ALERTS[second ?? 0] ?? `alert ${second}`);
    else if (type === HANDSHAKE && first === 2)
      found.push(rest.subarray(11, 43).equals(RETRY) ? 'HelloRetryRequest' : 'ServerHello');
    else if (found.length === 0) found.push(`a record of type ${type}`);
    if (rest.length < 5 + rest.readUInt16BE(3)) break;
  }
  return found;
}

interface HelloParts {
  readonly version?: number;
  readonly id?: Buffer;
  readonly suites?: Buffer;
  readonly compression?: Buffer;
}

function hello(extensions: readonly Buffer[] | undefined, parts: HelloParts = {}): Buffer {
  const { version = 0x0303, id = Buffer.alloc(32, 3), suites = SUITES, compression = Buffer.of(0) } = parts;
  const fields = [numbers([version]), Buffer.alloc(32, 1), sized(1, id), sized(2, suites), sized(1, compression)];
  return message(
    Buffer.concat([...fields, ...(extensions === undefined ? [] : [sized(2, Buffer.concat(extensions))])]),
  );
}

function message(body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(1), sized(3, body)]);
}

function ssl2(): Buffer {
  const body = Buffer.concat([
    Buffer.of(1, 3, 3),
    numbers([6, 0, 32]),
    Buffer.from('000013000035', 'hex'),
    Buffer.alloc(32, 5),
  ]);
  return Buffer.concat([numbers([0x8000 | body.length]), body]);
}

function record(body: Buffer, type = HANDSHAKE, version = 0x0301): Buffer {
  return Buffer.concat([Buffer.of(type), numbers([version]), sized(2, body)]);
}

function cut(body: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
    record(body.subarray(index * size, (index + 1) * size)),
  );
}

function bytes(all: Buffer): Buffer[] {
  return Array.from(all, (each) => Buffer.of(each));
}

function made(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 0x7a7a + index);
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([numbers([type]), sized(2, body)]);
}

function numbers(all: readonly number[]): Buffer {
  return Buffer.concat(all.map((each) => Buffer.of(each >> 8, each & 0xff)));
}

function sized(digits: 1 | 2 | 3, body: Buffer): Buffer {
  const length = Buffer.alloc(digits);
  length.writeUIntBE(body.length, 0, digits);
  return Buffer.concat([length, body]);
}
