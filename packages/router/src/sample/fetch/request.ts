import { isIP } from 'node:net';
import type { Evaluation } from '../../model/evaluation.ts';
import { addressBytes } from '../address.ts';
import { optional, anyText } from '../arguments.ts';
import { basicCredentials } from '../basic.ts';
import { avalanche, sdbm } from '../hash.ts';
import { numberFetch, single, textFetch, truthFetch } from '../row.ts';
import type { AnyReading, Fetch } from '../row.ts';
import { pathAndQuery, pathOf, queryOf } from '../target.ts';

const target = ['target'] as const;
const hosted = ['header:host', 'target'] as const;

const host = (on: Evaluation): string => on.request.header('host')[0] ?? '';

const version: Fetch = textFetch(
  'str',
  { reads: ['version'], doc: 'The protocol version: 1.0 or 1.1.', example: 'req.ver' },
  (on) => (on.request.method === '' ? undefined : on.request.version),
);
const isHttp: Fetch = truthFetch(
  {
    reads: ['method'],
    doc: 'True in mode http, where rules only see valid requests; in mode tcp where the bytes of the client are one.',
    example: 'req.proto_http',
  },
  (on) => on.request.method !== '',
);

/** Fetches of the request line and of the head in general (HAProxy manual §7.3.6). */
export const request: Readonly<Record<string, Fetch>> = {
  method: textFetch(
    'meth',
    { reads: ['method'], doc: 'The method; it is case-sensitive.', example: 'method' },
    (on) => on.request.method || undefined,
  ),
  url: textFetch(
    'str',
    { reads: target, doc: 'The target as received.', example: 'url' },
    (on) => on.request.target || undefined,
  ),
  path: textFetch(
    'str',
    { reads: target, doc: 'From the first / up to the query; no value for * and http://host.', example: 'path,lower' },
    (on) => pathOf(on.request.target),
  ),
  pathq: textFetch('str', { reads: target, doc: 'The path with the query.', example: 'pathq' }, (on) =>
    pathAndQuery(on.request.target),
  ),
  query: textFetch(
    'str',
    { reads: target, doc: 'The part after the first ?; no value without one.', example: 'query' },
    (on) => queryOf(on.request.target),
  ),
  base: textFetch(
    'str',
    { reads: hosted, doc: 'The first Host followed by the path.', example: 'base' },
    (on) => host(on) + (pathOf(on.request.target) ?? '') || undefined,
  ),
  baseq: textFetch(
    'str',
    { reads: hosted, doc: 'The first Host followed by the path and the query.', example: 'baseq' },
    (on) => host(on) + (pathAndQuery(on.request.target) ?? '') || undefined,
  ),
  base32: numberFetch({ reads: hosted, doc: 'A hash of base, 32 bits.', example: 'base32,mod(10)' }, base32),
  'base32+src': textFetch(
    'bin',
    { reads: [...hosted, 'connection'], doc: 'base32 followed by the bytes of src.', example: 'base32+src,hex' },
    (on) => withSource(base32(on), on),
  ),
  url32: numberFetch(
    { reads: hosted, doc: 'A hash of the first Host and the target, 32 bits.', example: 'url32' },
    url32,
  ),
  'url32+src': textFetch(
    'bin',
    { reads: [...hosted, 'connection'], doc: 'url32 followed by the bytes of src.', example: 'url32+src,hex' },
    (on) => withSource(url32(on), on),
  ),
  url_ip: textFetch(
    'addr',
    { reads: target, doc: 'The address in a target such as http://192.0.2.1/.', example: 'url_ip' },
    (on) => {
      const address = authorityOf(on.request.target)?.host ?? '';
      return isIP(address) === 4 ? address : undefined;
    },
  ),
  url_port: numberFetch(
    { reads: target, doc: 'The port in a target such as http://192.0.2.1:80/.', example: 'url_port' },
    (on) => {
      const authority = authorityOf(on.request.target);
      return isIP(authority?.host ?? '') === 4 ? authority?.port : undefined;
    },
  ),
  'req.ver': version,
  req_ver: version,
  'req.proto_http': isHttp,
  req_proto_http: isHttp,
  'capture.req.method': textFetch(
    'str',
    { reads: ['method'], doc: 'The method, also in later phases.', example: 'capture.req.method' },
    (on) => on.request.method,
  ),
  'capture.req.uri': textFetch(
    'str',
    { reads: target, doc: 'The path with the query, also in later phases.', example: 'capture.req.uri' },
    (on) => pathAndQuery(on.request.target),
  ),
  'capture.req.ver': textFetch(
    'str',
    { reads: ['version'], doc: 'HTTP/1.0 or HTTP/1.1, also in later phases.', example: 'capture.req.ver' },
    (on) => `HTTP/${on.request.version}`,
  ),
  http_auth_type: textFetch(
    'str',
    {
      reads: ['header:authorization'],
      doc: 'Basic or Bearer, if the client sent one of them.',
      example: 'http_auth_type',
    },
    (on) =>
      basicCredentials(on.request) !== undefined
        ? 'Basic'
        : bearer(on, 'authorization') !== undefined
          ? 'Bearer'
          : undefined,
  ),
  http_auth_bearer: {
    type: 'str',
    args: [optional('header', anyText)],
    reads: (args) => [`header:${args.text(0, 'authorization').toLowerCase()}`],
    doc: 'The token of Bearer authentication, from Authorization or another header.',
    example: 'http_auth_bearer',
    compile(args): AnyReading {
      const name = args.text(0, 'authorization').toLowerCase();
      return single('text', (on) => bearer(on, name));
    },
  },
};

/** The first Host and the path, hashed as stick tables of base32 are (HAProxy's smp_fetch_base32). */
function base32(on: Evaluation): number {
  return avalanche(sdbm(host(on) + (pathOf(on.request.target) ?? '')));
}

function url32(on: Evaluation): number {
  return avalanche(sdbm(host(on) + (pathAndQuery(on.request.target) ?? '')));
}

function withSource(hash: number, on: Evaluation): string {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(hash);
  return bytes.toString('latin1') + (addressBytes(on.connection.client.address)?.toString('latin1') ?? '');
}

function authorityOf(target: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^[^/?]*:\/\/([^/?:]*)(?::(\d{1,5}))?(?:[/?]|$)/.exec(target) ?? [];
  return host === undefined ? undefined : { host, port: port === undefined ? 80 : Number(port) };
}

function bearer(on: Evaluation, name: string): string | undefined {
  const value = on.request.header(name)[0];
  if (value === undefined) return undefined;
  const token = /^bearer +(.+)$/i.exec(value)?.[1];
  return token;
}
