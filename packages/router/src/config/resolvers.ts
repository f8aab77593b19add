/** `resolvers` sections (HAProxy configuration manual §5.3.2). */
import { isIP } from 'node:net';
import { Cursor } from '@headgate/shared/config/cursor';
import type { Section, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { HOLD_WORDS, type HoldWord, type Nameserver, type Resolvers } from '../model/names.ts';
import { readAddress } from './address.ts';
import type { Context, Documented } from './directive.ts';
import { checkName } from './names.ts';
import { readServerParameters } from './server.ts';

const RESOLV_CONF = '/etc/resolv.conf';
const DNS_PORT = 53;
/** Least and largest `accepted_payload_size`; HAProxy: the header of a message, and 64 KiB less one. */
const [LEAST_PAYLOAD, MOST_PAYLOAD] = [12, 65_535];

type Draft = { -readonly [Key in Exclude<keyof Resolvers, 'hold' | 'nameservers'>]: Resolvers[Key] } & {
  readonly nameservers: Nameserver[];
  readonly hold: Record<HoldWord, number>;
};

interface ResolversWord extends Documented {
  apply(cursor: Cursor, draft: Draft, context: Context): void;
}

export const RESOLVERS_WORDS = {
  accepted_payload_size: {
    doc: 'Largest response that is accepted, in bytes; name servers are told. 12 to 65535.',
    example: 'accepted_payload_size 8192',
    default: 512,
    apply(cursor, draft) {
      draft.payload = cursor.integer('a size in bytes', LEAST_PAYLOAD, MOST_PAYLOAD) ?? draft.payload;
    },
  },
  hold: {
    doc: `How long what was valid still holds after another result: \`hold ${HOLD_WORDS.join('|')} TIME\`. After \`nx\` (no such name), \`refused\`, \`timeout\` and \`other\` (any other failure) a server keeps its address so long, counted from the last valid response; \`obsolete\` is how long an address, or a service, is kept that responses no longer name; \`valid\` how long \`do-resolve\` uses a response again. Defaults: 30s, valid 10s, obsolete 0.`,
    example: 'hold nx 30s',
    apply(cursor, draft) {
      const word = cursor.choice('result', HOLD_WORDS);
      const time = word === undefined ? undefined : cursor.duration('a duration');
      if (word !== undefined && time !== undefined) draft.hold[word] = time;
    },
  },
  nameserver: {
    doc: 'A name server: `nameserver NAME ADDRESS[:PORT]`, over UDP, or over TCP as `tcp@ADDRESS:PORT`. Port 53 where none is given. An address that is a name (`localhost`) is looked up by the system when it is needed. All of them are asked at once, and the first valid response counts.',
    example: 'nameserver dns1 10.0.0.53:53',
    apply: readNameserver,
  },
  'parse-resolv-conf': {
    doc: 'Adds the name servers of `/etc/resolv.conf`.',
    example: 'parse-resolv-conf',
    apply(cursor, draft, context) {
      readResolvConf(draft, cursor.at, context);
    },
  },
  resolve_retries: {
    doc: 'Rounds of queries before a resolution is given up.',
    example: 'resolve_retries 3',
    default: 3,
    apply(cursor, draft) {
      draft.retries = cursor.integer('a number of rounds', 0, 1000) ?? draft.retries;
    },
  },
  timeout: {
    doc: '`timeout resolve TIME` is the time between two resolutions of a name, whatever its TTL; `timeout retry TIME` how long a query waits for its response. Both default to 1s.',
    example: 'timeout resolve 1s',
    apply(cursor, draft) {
      const which = cursor.choice('timeout', ['resolve', 'retry'] as const);
      const time = which === undefined ? undefined : cursor.duration('a duration');
      // A name that is looked up without a pause would be a flood.
      if (which !== undefined && time !== undefined) draft[which] = Math.max(1, time);
    },
  },
} as const satisfies Record<string, ResolversWord>;

/** Reads a section; undefined when it has no name. */
export function compileResolvers(section: Section, context: Context): Resolvers | undefined {
  const { problems } = context;
  const { name, rest, at, statements } = section;
  if (name === undefined) {
    problems.error(at, "a 'resolvers' section needs a name");
    return undefined;
  }
  checkName('resolvers section', name, problems);
  const [more] = rest;
  if (more !== undefined) problems.error(more.at, `unexpected '${more.text}' after the name of the section`);
  const draft = newDraft(name);
  const words: Readonly<Record<string, ResolversWord>> = RESOLVERS_WORDS;
  for (const statement of statements) {
    const [keyword] = statement.words;
    const word = Object.hasOwn(words, keyword.text) ? words[keyword.text] : undefined;
    const cursor = new Cursor(statement, 1, context);
    if (word === undefined)
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in 'resolvers'`,
        nearest(keyword.text, Object.keys(words)),
      );
    else {
      word.apply(cursor, draft, context);
      cursor.end();
    }
  }
  if (draft.nameservers.length === 0)
    problems.warning(at, `resolvers '${name.text}' has no name server: no name is ever resolved by it`);
  return draft;
}

/** The section `default`, which exists without being written: the name servers of the system. */
export function defaultResolvers(context: Context): Resolvers {
  const at = { file: RESOLV_CONF, line: 1, column: 1 };
  const draft = newDraft({ text: 'default', at });
  readResolvConf(draft, undefined, context);
  return draft;
}

function newDraft({ text, at }: Word): Draft {
  const hold = { valid: 10_000, nx: 30_000, refused: 30_000, timeout: 30_000, other: 30_000, obsolete: 0 };
  const { accepted_payload_size: payload, resolve_retries: retries } = RESOLVERS_WORDS;
  return {
    name: text,
    at,
    nameservers: [],
    retries: retries.default,
    resolve: 1000,
    retry: 1000,
    payload: payload.default,
    hold,
  };
}

function readNameserver(cursor: Cursor, draft: Draft, context: Context): void {
  const { problems } = context;
  const name = cursor.need('the name of a name server');
  const written = name === undefined ? undefined : cursor.need('its address');
  if (name === undefined || written === undefined) return;
  checkName('name server', name, problems);
  const tcp = /^tcp([46]?)@/.exec(written.text);
  const bare = written.text.replace(/^(?:tcp|udp)[46]?@/, '');
  const text = isIP(bare) === 6 ? `[${bare}]` : bare;
  const found = readAddress({ ...written, text }, context, { datagrams: true });
  const ssl = cursor.statement.words.find(({ text: word }) => word === 'ssl');
  if (ssl !== undefined) {
    problems.error(ssl.at, 'not supported: a name server over TLS; ask one on this machine or network without it');
    cursor.rest();
    // As in HAProxy one over TCP has the words of servers. How connections to it are kept is ours.
  } else if (tcp !== null) readServerParameters(cursor, {}, context);
  if (found === undefined) return;
  const { address } = found;
  if (address.kind !== 'tcp' || address.host === '' || address.last !== undefined)
    return problems.error(
      written.at,
      `'${written.text}' is not the address of a name server: an address and a port, such as 10.0.0.53:53`,
    );
  if (draft.nameservers.some((other) => other.name === name.text))
    return problems.error(name.at, `another name server of this section is named '${name.text}'`);
  draft.nameservers.push({
    name: name.text,
    transport: tcp === null ? 'udp' : 'tcp',
    host: address.host,
    port: address.port ?? DNS_PORT,
  });
}

/** Lines `nameserver ADDRESS`; the name of such a server is its address, and one that has been named is left out. */
function readResolvConf(draft: Draft, at: Word['at'] | undefined, { io, problems }: Context): void {
  const text = io.readFile(RESOLV_CONF);
  if (typeof text !== 'string') {
    if (at !== undefined) problems.error(at, `${RESOLV_CONF} cannot be read: ${text?.unreadable ?? 'no such file'}`);
    return;
  }
  for (const line of text.split('\n')) {
    const [, host] = /^nameserver[ \t]+(\S+)/.exec(line) ?? [];
    if (host === undefined || draft.nameservers.some(({ name }) => name === host)) continue;
    if (isIP(host) !== 0) draft.nameservers.push({ name: host, transport: 'udp', host, port: DNS_PORT });
    else if (at !== undefined) problems.warning(at, `${RESOLV_CONF}: '${host}' is not an address, and is left out`);
  }
}
