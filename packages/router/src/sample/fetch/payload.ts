import type { Evaluation, Payload } from '../../model/evaluation.ts';
import type { Read } from '../../model/values.ts';
import { integer, optional, required } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { more } from '../more.ts';
import type { More } from '../more.ts';
import { notYet } from '../not-yet.ts';
import { single, truthFetch } from '../row.ts';
import type { Fetch, Kind, Kinds, Reading } from '../row.ts';

/** One side of a connection: what rules see of its bytes. */
export interface Side {
  readonly reads: readonly Read[];
  readonly of: (on: Evaluation) => Payload;
  readonly who: string;
}

const NONE: Payload = { text: '', complete: true };

export const client: Side = { reads: ['payload'], of: ({ payload = NONE }) => payload, who: 'client' };
export const server: Side = { reads: ['received'], of: ({ received = NONE }) => received, who: 'server' };
/** The side that a rule is about: the server's in rules on responses. */
const either: Side = { reads: ['payload'], of: (on) => on.received ?? on.payload ?? NONE, who: 'client or server' };

/** Something that needs more bytes: rules wait for them, for as long as `inspect-delay` lets them. */
export function settled<Value>({ text, complete }: Payload, of: (text: string) => Value | More): Value | undefined {
  const value = of(text);
  if (value !== more) return value;
  if (!complete) throw notYet;
  return undefined;
}

/** A value that grows with every byte: a test that fails is made again with more of them. */
function growing<K extends Kind>(
  kind: K,
  { of }: Side,
  read: (text: string) => Kinds[K] | More | undefined,
): Reading<K> {
  const one = (on: Evaluation): Kinds[K] | undefined => settled(of(on), read);
  return {
    kind,
    one,
    each: (test) => (on) => {
      const value = one(on);
      if (value !== undefined && test(value)) return true;
      if (!of(on).complete) throw notYet;
      return false;
    },
  };
}

/** A value that stays as it is once it is there. */
function fixed<K extends Kind>(kind: K, { of }: Side, read: (text: string) => Kinds[K] | More | undefined): Reading<K> {
  return single(kind, (on) => settled(of(on), read));
}

function length(side: Side, keyword: string): Fetch {
  const doc = `In mode tcp: how many bytes of the ${side.who} have come; waits until a test of it passes.`;
  return {
    type: 'sint',
    reads: side.reads,
    doc,
    example: keyword,
    compile: () => growing('number', side, (text) => text.length),
  };
}

function bytes(side: Side, keyword: string): Fetch {
  return {
    type: 'bin',
    args: [required('offset', integer), optional('length', integer)],
    reads: side.reads,
    doc: `In mode tcp: bytes of the ${side.who} from an offset; a length of 0 is all that has come.`,
    example: `${keyword}(0,4)`,
    compile(args) {
      const offset = args.number(0);
      const size = args.number(1);
      if (size === 0) return growing('text', side, (text) => (text.length <= offset ? more : text.slice(offset)));
      return fixed('text', side, (text) => (text.length < offset + size ? more : text.slice(offset, offset + size)));
    },
  };
}

/** `OFFSET,LENGTH[,[+|-]OFFSET]`: where the length is, of how many bytes it is, and where the bytes are, after it by default. */
function counted(side: Side, keyword: string): Fetch {
  return {
    type: 'bin',
    args: [
      required('offset', integer),
      required('length', (text) =>
        /^[1-6]$/.test(text) ? undefined : `'${text}' is not a number of bytes from 1 to 6`,
      ),
      optional('bytes', integer),
    ],
    reads: side.reads,
    doc: `In mode tcp: bytes of the ${side.who} whose number is in the LENGTH bytes at OFFSET. They follow it, or are at a third argument; with a sign that counts from there.`,
    example: `${keyword}(43,1)`,
    compile(args) {
      const offset = args.number(0);
      const size = args.number(1);
      const start = startOf(args, offset + size);
      return fixed('text', side, (text) => {
        if (text.length < offset + size) return more;
        const count = Buffer.from(text.slice(offset, offset + size), 'latin1').readUIntBE(0, size);
        // HAProxy: no value where there are no bytes.
        if (count === 0 || start < 0) return undefined;
        return text.length < start + count ? more : text.slice(start, start + count);
      });
    },
  };
}

function startOf(args: Args, after: number): number {
  const text = args.text(2, '');
  if (text === '') return after;
  return /^[+-]/.test(text) ? after + Number(text) : Number(text);
}

/** Fetches of the bytes of a connection (HAProxy manual §7.3.5). */
export const payload: Readonly<Record<string, Fetch>> = {
  'req.len': {
    type: 'sint',
    reads: ['length'],
    doc: 'In mode tcp: how many bytes of the client have come; waits until a test of it passes. In mode http: those of the head of the request, and of its body as far as it has come.',
    example: 'req.len',
    compile() {
      const waiting = growing('number', client, (text) => text.length);
      const come = single('number', ({ request }) => (request.headBytes ?? 0) + (request.body?.().length ?? 0));
      const of = (on: Evaluation): typeof come => (on.payload === undefined ? come : waiting);
      return {
        kind: 'number',
        one: (on) => of(on).one(on),
        each(test) {
          const [inTcp, inHttp] = [waiting.each(test), come.each(test)];
          return (on) => (on.payload === undefined ? inHttp(on) : inTcp(on));
        },
      };
    },
  },
  'req.payload': bytes(client, 'req.payload'),
  'req.payload_lv': counted(client, 'req.payload_lv'),
  'res.len': length(server, 'res.len'),
  'res.payload': bytes(server, 'res.payload'),
  'res.payload_lv': counted(server, 'res.payload_lv'),
  payload: bytes(either, 'payload'),
  payload_lv: counted(either, 'payload_lv'),
  wait_end: truthFetch(
    {
      reads: ['state'],
      doc: 'True once `inspect-delay` is over in mode tcp; in mode http always.',
      example: 'wait_end',
    },
    (on) => {
      if (!either.of(on).complete) throw notYet;
      return true;
    },
  ),
};
