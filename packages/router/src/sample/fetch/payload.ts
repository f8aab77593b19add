import type { Evaluation, Payload } from '../../model/evaluation.ts';
import { integer, optional, required } from '../arguments.ts';
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

/** Fetches of the first bytes of a connection in mode tcp (HAProxy manual §7.3.5). */
export const payload: Readonly<Record<string, Fetch>> = {
  'req.len': length,
  'req.payload': bytes,
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
