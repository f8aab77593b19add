import type { Evaluation, Payload } from '../../model/evaluation.ts';
import { integer, optional, required, type Args } from '../arguments.ts';
import { helloType, readClientHello } from '../client-hello.ts';
import type { ClientHello } from '@headgate/shared/tls/client-hello';
import { notYet } from '../not-yet.ts';
import { numberFetch, single, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';

const reads = ['payload'] as const;
const NONE: Payload = { text: '', complete: true };

/** Something that needs more bytes: rules wait for them, for as long as `tcp-request inspect-delay` lets them. */
function settled<Value>({ payload = NONE }: Evaluation, of: (text: string) => Value | 'more'): Value | undefined {
  const value = of(payload.text);
  if (value !== 'more') return value;
  if (!payload.complete) throw notYet;
  return undefined;
}

function hello(on: Evaluation): ClientHello | undefined {
  return settled(on, readClientHello);
}

const length = numberFetch(
  { reads, doc: 'In mode tcp: how many bytes the client has sent, at least one.', example: 'req.len' },
  (on) => settled(on, (text) => (text === '' ? 'more' : text.length)) ?? 0,
);

const type = numberFetch(
  {
    reads,
    doc: 'In mode tcp: the type of the TLS handshake message the client begins with, 1 for a ClientHello.',
    example: 'req.ssl_hello_type',
  },
  (on) => settled(on, helloType),
);

const serverName = textFetch(
  'str',
  { reads, doc: 'In mode tcp: the server name in the client’s TLS ClientHello.', example: 'req.ssl_sni' },
  (on) => hello(on)?.serverName,
);

const version = numberFetch(
  {
    reads,
    doc: 'In mode tcp: the version of the client’s TLS ClientHello, 65536 times 3 plus 3 for TLS 1.2 and later.',
    example: 'req.ssl_ver',
  },
  (on) => {
    const found = hello(on)?.version;
    return found === undefined ? undefined : ((found >> 8) << 16) | (found & 0xff);
  },
);

const bytes: Fetch = {
  type: 'bin',
  args: [required('offset', integer), optional('length', integer)],
  reads,
  doc: 'In mode tcp: bytes of the client from an offset; a length of 0 is all that has come.',
  example: 'req.payload(0,4)',
  compile(args) {
    const offset = args.number(0);
    const size = args.number(1);
    return single('text', (on) =>
      settled(on, (text) =>
        text.length < offset + Math.max(1, size) ? 'more' : text.slice(offset, size === 0 ? undefined : offset + size),
      ),
    );
  },
};

/** Bytes whose length is written before them: `[from, to)` of what it names, or 'more' while its length has not come. */
export function lengthThenValue(
  text: string,
  [lengthAt, lengthSize, valueAt]: readonly [lengthAt: number, lengthSize: number, valueAt: number],
): readonly [from: number, to: number] | 'more' {
  if (text.length < lengthAt + lengthSize) return 'more';
  let size = 0;
  for (let at = lengthAt; at < lengthAt + lengthSize; at += 1) size = size * 256 + text.charCodeAt(at);
  return [valueAt, valueAt + size];
}

/** The arguments of `payload_lv`: where the length is, how many bytes it has, and where the value is (relative with a sign). */
export const LENGTH_VALUE = [
  required('offset1', (text) => (/^\d{1,9}$/.test(text) ? undefined : `'${text}' is not an offset`)),
  required('length', (text) => (/^[1-8]$/.test(text) ? undefined : `'${text}' is not a number of bytes, 1 to 8`)),
  optional('offset2', integer),
];

export function placeOf(args: Args): readonly [number, number, number] {
  const [first, size] = [args.number(0), args.number(1)];
  const after = first + size;
  if (!args.has(2)) return [first, size, after];
  return [first, size, /^[+-]/.test(args.text(2)) ? after + args.number(2) : args.number(2)];
}

const withLength: Fetch = {
  type: 'bin',
  args: LENGTH_VALUE,
  reads,
  doc: 'In mode tcp: bytes of the client whose length comes before them: its offset, how many bytes it has, and where the value begins (by default after it; relative to that with + or -).',
  example: 'req.payload_lv(43,1)',
  compile(args) {
    const place = placeOf(args);
    if (place[2] < 0) return 'begins before the first byte';
    return single('text', (on) =>
      settled(on, (text) => {
        const found = lengthThenValue(text, place);
        if (found === 'more') return found;
        const [from, to] = found;
        if (to === from) return undefined;
        return text.length < to ? 'more' : text.slice(from, to);
      }),
    );
  },
};

/** Fetches of the first bytes of a connection in mode tcp (HAProxy manual §7.3.5). */
export const payload: Readonly<Record<string, Fetch>> = {
  'req.len': length,
  'req.payload': bytes,
  'req.payload_lv': withLength,
  'req.ssl_hello_type': type,
  'req.ssl_sni': serverName,
  'req.ssl_ver': version,
  'req.ssl_alpn': textFetch(
    'str',
    { reads, doc: 'In mode tcp: the protocols in the client’s TLS ClientHello, with commas.', example: 'req.ssl_alpn' },
    (on) => {
      const protocols = hello(on)?.protocols ?? [];
      return protocols.length === 0 ? undefined : protocols.join(',');
    },
  ),
  wait_end: truthFetch(
    {
      reads: ['state'],
      doc: 'True once `tcp-request inspect-delay` is over in mode tcp; in mode http always.',
      example: 'wait_end',
    },
    ({ payload: held = NONE }) => {
      if (!held.complete) throw notYet;
      return true;
    },
  ),
};
