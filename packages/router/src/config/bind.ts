import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { DEFAULT_SHARDS } from '@headgate/shared/net/link';
import { readAddress } from './address.ts';
import { checkTls, readTlsWord } from './bind-tls.ts';
import type { TlsParameters } from './bind-tls.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import { hasNoEffect } from './directive.ts';
import type { Context } from './directive.ts';
import { SOCKET_OWNER, type SocketOwner } from './socket-owner.ts';
import type { Bind, BindAddress } from '../model/snapshot.ts';
import { BIND_TLS_FLAGS, BIND_TLS_VALUES, isTlsWord } from '../model/vocabulary.ts';
import { BIND_REFUSED } from '../model/bind-words.ts';
import { BIND_WITHOUT_EFFECT } from './idle/proxy.ts';

/** Most listening sockets on one port. */
const MAX_SHARDS = 64;

const SHARD_SETS = ['by-process', 'by-thread', 'by-group'];

/** The most ports one `bind` may open: a range over all ports is a typo. */
const MAX_RANGE = 1024;

interface Parameters extends SocketOwner {
  acceptProxy: boolean;
  terminated: boolean;
  name: string;
  maxconn: number;
  backlog: number;
  /** Undefined: as many as give DEFAULT_SHARDS for the complete line, at least one for each port. */
  shards: number | undefined;
  v6only: boolean;
  readonly tls: TlsParameters;
}

interface PlacedAddress {
  readonly at: Position;
  readonly address: BindAddress;
}

/**
 * `address[,address…] [parameters]`: one Bind for each address and port, or one for a complete line with `ssl`, where the terminator
 * accepts. A backlog of 0 is left to resolve.ts.
 */
export function readBinds(addresses: Word, cursor: Cursor, frontend: string, context: Context): Bind[] {
  const { problems, io } = context;
  const parameters = readBindParameters(cursor, context);
  const { acceptProxy, terminated, name, maxconn, backlog, tls } = parameters;
  checkTls(tls, io.privateSocket !== undefined, problems);
  let offset = 0;
  const places = addresses.text.split(',').flatMap((text): PlacedAddress[] => {
    const at = { ...addresses.at, column: addresses.at.column + offset };
    offset += text.length + 1;
    return expand({ ...addresses, text, at }, parameters, context).map((address) => ({ at, address }));
  });
  const common = { name, acceptProxy, maxconn, backlog };
  const [first] = places;
  if (tls.ssl !== undefined && io.privateSocket !== undefined && first !== undefined) {
    const path = io.privateSocket(frontend, addresses.text);
    const address: BindAddress = { kind: 'unix', path, mode: 0o600 };
    return [{ ...common, at: first.at, address, terminated: true, shards: 1, tls: { places, parameters: tls.words } }];
  }
  const shards = parameters.shards ?? Math.max(1, Math.floor(DEFAULT_SHARDS / places.length));
  return places.map(({ at, address }) => ({ ...common, at, address, terminated, shards }));
}

function expand(written: Word, { mode, uid, gid, v6only }: Parameters, context: Context): BindAddress[] {
  const { problems } = context;
  if (/^quic[46]?@/.test(written.text)) {
    hasNoEffect(written.at, written.text, 'there is no HTTP/3, and clients go on with TCP', problems);
    return [];
  }
  const found = readAddress(written, context);
  if (found === undefined) return [];
  const { word, address } = found;
  if (/^\d{1,5}$/.test(word.text)) {
    problems.error(word.at, `'${word.text}' is a port without a colon`, `:${word.text}`);
    return [];
  }
  const { unixBind } = context.global;
  if (address.kind === 'unix' && word.text.startsWith('abns@')) {
    if (mode !== undefined || uid !== undefined || gid !== undefined)
      problems.warning(
        word.at,
        `'${word.text}' is no file: whoever knows its name can connect, whatever its mode and owner`,
      );
    return [{ kind: 'unix', path: address.path, mode: undefined }];
  }
  if (address.kind === 'unix')
    return [{ kind: 'unix', path: (unixBind?.prefix ?? '') + address.path, mode: mode ?? unixBind?.mode, uid, gid }];
  if (address.kind === 'error') {
    problems.error(word.at, address.message);
    return [];
  }
  if (address.port === undefined) {
    problems.error(word.at, `'${word.text}' has no port`, `${word.text}:80`);
    return [];
  }
  const count = (address.last ?? address.port) - address.port + 1;
  if (count > MAX_RANGE) {
    problems.error(word.at, `'${word.text}' opens ${count} ports; the most is ${MAX_RANGE}`);
    return [];
  }
  const host = address.host === '' ? '0.0.0.0' : address.host;
  const first = address.port;
  return Array.from({ length: count }, (_, index): BindAddress => ({ kind: 'tcp', host, port: first + index, v6only }));
}

type Reader = (parameters: Parameters, cursor: Cursor, context: Context) => void;

const READERS: Readonly<Record<string, Reader>> = {
  'accept-proxy': (parameters) => void (parameters.acceptProxy = true),
  terminated: (parameters) => void (parameters.terminated = true),
  name: (parameters, cursor) => void (parameters.name = cursor.need('a name')?.text ?? ''),
  maxconn: (parameters, cursor) =>
    void (parameters.maxconn = cursor.integer('a number of connections', 0, 10_000_000) ?? 0),
  backlog: (parameters, cursor) =>
    void (parameters.backlog = cursor.integer('a number of connections', 0, 65_535) ?? 0),
  shards: (parameters, cursor) => {
    // Sets of HAProxy's threads: the default is as many sockets as such a set would have been for.
    if (SHARD_SETS.some((set) => cursor.accept(set))) return;
    parameters.shards = cursor.integer('a number of listening sockets', 1, MAX_SHARDS);
  },
  ...SOCKET_OWNER,
  proto: (_parameters, cursor, { problems }) => {
    const word = cursor.need('a protocol');
    if (word?.text === 'h2') problems.error(word.at, "not supported yet: 'bind … proto h2' (clients speak HTTP/1.1)");
    else if (word !== undefined && word.text !== 'h1' && word.text !== 'none')
      problems.error(word.at, `unknown protocol '${word.text}'`, nearest(word.text, ['h1', 'h2', 'none']));
  },
  v4v6: (parameters) => void (parameters.v6only = false),
  v6only: (parameters) => void (parameters.v6only = true),
};

const KNOWN = [
  ...Object.keys(READERS),
  ...Object.keys(BIND_WITHOUT_EFFECT),
  ...Object.keys(BIND_REFUSED),
  ...BIND_TLS_FLAGS,
  ...BIND_TLS_VALUES,
];

/** Reads all parameters of a `bind` or `default-bind`. */
export function readBindParameters(cursor: Cursor, context: Context): Parameters {
  const { problems } = context;
  const parameters: Parameters = {
    acceptProxy: false,
    terminated: false,
    name: '',
    maxconn: 0,
    backlog: 0,
    shards: undefined,
    mode: undefined,
    uid: undefined,
    gid: undefined,
    v6only: false,
    tls: { ssl: undefined, words: [] },
  };
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const read = own(READERS, word.text);
    const idle = own(BIND_WITHOUT_EFFECT, word.text);
    const refused = own(BIND_REFUSED, word.text);
    if (read !== undefined) read(parameters, cursor, context);
    else if (isTlsWord(word.text)) readTlsWord(word, parameters.tls, cursor);
    else if (idle !== undefined) {
      hasNoEffect(word.at, `bind … ${word.text}`, idle.why, problems);
      idle.takes(cursor, problems);
    } else {
      if (refused !== undefined) problems.error(word.at, `not supported yet: 'bind … ${word.text}' (${refused})`);
      else problems.error(word.at, `unknown parameter '${word.text}' of 'bind'`, nearest(word.text, KNOWN));
      cursor.rest();
    }
  }
  return parameters;
}

function own<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
