import type { ClientHello } from '@headgate/shared/tls/client-hello';
import type { Evaluation } from '../../model/evaluation.ts';
import { optional } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { helloType, readClientHello } from '../client-hello.ts';
import { rdpCookie } from '../rdp-cookie.ts';
import { numberFetch, single, textFetch } from '../row.ts';
import type { Fetch } from '../row.ts';
import { client, server, settled } from './payload.ts';

const { reads } = client;

function hello(on: Evaluation): ClientHello | undefined {
  return settled(client.of(on), readClientHello);
}

/** The RDP cookie of the name that the arguments give, or of any. */
function cookieOf(args: Args): (on: Evaluation) => string | undefined {
  const name = args.text(0, '');
  return (on) => settled(client.of(on), (text) => rdpCookie(text, name));
}

/** Fetches that read the protocol of a connection off its first bytes (HAProxy manual §7.3.5). */
export const protocols: Readonly<Record<string, Fetch>> = {
  'req.ssl_hello_type': numberFetch(
    {
      reads,
      doc: 'In mode tcp: the type of the TLS handshake message the client begins with, 1 for a ClientHello.',
      example: 'req.ssl_hello_type',
    },
    (on) => settled(client.of(on), helloType),
  ),
  'res.ssl_hello_type': numberFetch(
    {
      reads: server.reads,
      doc: 'In mode tcp: the type of the TLS handshake message the server begins with, 2 for a ServerHello.',
      example: 'res.ssl_hello_type',
    },
    (on) => settled(server.of(on), helloType),
  ),
  'req.ssl_sni': textFetch(
    'str',
    { reads, doc: 'In mode tcp: the server name in the client’s TLS ClientHello.', example: 'req.ssl_sni' },
    (on) => hello(on)?.serverName,
  ),
  'req.ssl_ver': numberFetch(
    {
      reads,
      doc: 'In mode tcp: the version of the client’s TLS ClientHello, 65536 times 3 plus 3 for TLS 1.2 and later.',
      example: 'req.ssl_ver',
      patternOf: (written) =>
        written
          .replaceAll(/(\d{1,5})\.(\d{1,5})/g, (_, major: string, minor: string) =>
            String(Number(major) * 65_536 + Number(minor)),
          )
          .replace('-', ':'),
    },
    (on) => {
      const found = hello(on)?.version;
      return found === undefined ? undefined : ((found >> 8) << 16) | (found & 0xff);
    },
  ),
  'req.ssl_alpn': textFetch(
    'str',
    { reads, doc: 'In mode tcp: the protocols in the client’s TLS ClientHello, with commas.', example: 'req.ssl_alpn' },
    (on) => {
      const protocols = hello(on)?.protocols ?? [];
      return protocols.length === 0 ? undefined : protocols.join(',');
    },
  ),
  'req.rdp_cookie': {
    type: 'str',
    args: [optional('name')],
    reads,
    doc: 'In mode tcp: the value of the cookie with which an RDP client begins, of this name or of any.',
    example: 'req.rdp_cookie(mstshash)',
    compile: (args) => single('text', cookieOf(args)),
  },
  'req.rdp_cookie_cnt': {
    type: 'sint',
    args: [optional('name')],
    reads,
    doc: 'In mode tcp: 1 where the client begins with an RDP cookie, of this name or of any, else 0.',
    example: 'req.rdp_cookie_cnt',
    compile(args) {
      const cookie = cookieOf(args);
      return single('number', (on) => (cookie(on) === undefined ? 0 : 1));
    },
  },
};
