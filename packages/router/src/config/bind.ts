import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { DEFAULT_SHARDS } from '@headgate/shared/net/link';
import { readAddress } from './address.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Context } from './directive.ts';
import type { Bind, BindAddress } from '../model/snapshot.ts';
import { BIND_NOT_YET, BIND_TLS } from '../model/vocabulary.ts';

/** Most listening sockets on one port. */
const MAX_SHARDS = 64;

/** The most ports one `bind` may open: a range over all ports is a typo. */
const MAX_RANGE = 1024;

interface Parameters {
  acceptProxy: boolean;
  name: string;
  maxconn: number;
  backlog: number;
  /** Undefined: as many as give DEFAULT_SHARDS for the complete line, at least one for each port. */
  shards: number | undefined;
  mode: number | undefined;
  v6only: boolean;
}

/** `address[,address…] [parameters]`: one Bind for each address and port. A backlog of 0 is left to resolve.ts. */
export function readBinds(addresses: Word, cursor: Cursor, context: Context): Bind[] {
  const { problems } = context;
  const parameters = readParameters(cursor, problems);
  const { acceptProxy, name, maxconn, backlog } = parameters;
  let offset = 0;
  const places = addresses.text.split(',').flatMap((text) => {
    const at = { ...addresses.at, column: addresses.at.column + offset };
    offset += text.length + 1;
    return expand({ ...addresses, text, at }, parameters, context).map((address) => ({ at, address }));
  });
  const shards = parameters.shards ?? Math.max(1, Math.floor(DEFAULT_SHARDS / places.length));
  return places.map(({ at, address }) => ({ at, name, address, acceptProxy, maxconn, backlog, shards }));
}

function expand(written: Word, { mode, v6only }: Parameters, context: Context): BindAddress[] {
  const { problems } = context;
  const found = readAddress(written, context);
  if (found === undefined) return [];
  const { word, address } = found;
  if (/^\d{1,5}$/.test(word.text)) {
    problems.error(word.at, `'${word.text}' is a port without a colon`, `:${word.text}`);
    return [];
  }
  const { unixBind } = context.global;
  if (address.kind === 'unix')
    return [{ kind: 'unix', path: (unixBind?.prefix ?? '') + address.path, mode: mode ?? unixBind?.mode }];
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

const READERS: Readonly<Record<string, (parameters: Parameters, cursor: Cursor, problems: Problems) => void>> = {
  'accept-proxy': (parameters) => void (parameters.acceptProxy = true),
  name: (parameters, cursor) => void (parameters.name = cursor.need('a name')?.text ?? ''),
  maxconn: (parameters, cursor) =>
    void (parameters.maxconn = cursor.integer('a number of connections', 0, 10_000_000) ?? 0),
  backlog: (parameters, cursor) =>
    void (parameters.backlog = cursor.integer('a number of connections', 1, 65_535) ?? 0),
  shards: (parameters, cursor) =>
    void (parameters.shards = cursor.integer('a number of listening sockets', 1, MAX_SHARDS)),
  mode: (parameters, cursor, problems) => {
    const word = cursor.need('the mode of a unix socket, such as 660');
    if (word === undefined) return;
    if (/^[0-7]{3,4}$/.test(word.text)) parameters.mode = Number.parseInt(word.text, 8);
    else problems.error(word.at, `'${word.text}' is not a mode: three octal digits such as 660`);
  },
  v4v6: (parameters) => void (parameters.v6only = false),
  v6only: (parameters) => void (parameters.v6only = true),
};

function readParameters(cursor: Cursor, problems: Problems): Parameters {
  const parameters: Parameters = {
    acceptProxy: false,
    name: '',
    maxconn: 0,
    backlog: 0,
    shards: undefined,
    mode: undefined,
    v6only: false,
  };
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const read = Object.hasOwn(READERS, word.text) ? READERS[word.text] : undefined;
    if (read !== undefined) read(parameters, cursor, problems);
    else {
      if (BIND_TLS.includes(word.text))
        problems.error(word.at, `'bind … ${word.text}' is about TLS, which tls-terminator does in front of the router`);
      else if (BIND_NOT_YET.includes(word.text)) problems.error(word.at, `not supported yet: 'bind … ${word.text}'`);
      else
        problems.error(
          word.at,
          `unknown parameter '${word.text}' of 'bind'`,
          nearest(word.text, [...Object.keys(READERS), ...BIND_NOT_YET]),
        );
      cursor.rest();
    }
  }
  return parameters;
}
