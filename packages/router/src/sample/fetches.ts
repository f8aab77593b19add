import { bodies } from './fetch/body.ts';
import { captured } from './fetch/captures.ts';
import { connection } from './fetch/connection.ts';
import { counters } from './fetch/counters.ts';
import { headerFetches } from './fetch/headers.ts';
import { internal } from './fetch/internal.ts';
import { login } from './fetch/login.ts';
import { cookieFetches, parameters } from './fetch/parameters.ts';
import { payload } from './fetch/payload.ts';
import { protocols } from './fetch/protocols.ts';
import { request } from './fetch/request.ts';
import { response, responseOf } from './fetch/response.ts';
import { stateFetches } from './fetch/state.ts';
import { serverConnection, serverTls } from './fetch/server-tls.ts';
import { tls } from './fetch/tls.ts';
import type { Fetch } from './row.ts';

const requestHeaders = headerFetches(
  'req.',
  'request',
  (on) => on.request,
  (name) => `header:${name}`,
  'headers',
);
const responseHeaders = headerFetches('res.', 'response', responseOf, (name) => `response-header:${name}`, 'response');
const requestCookies = cookieFetches('req.', 'request', (on) => on.request.header('cookie'), 'header:cookie');
const responseCookies = cookieFetches(
  'res.',
  'response',
  (on) => responseOf(on).header('set-cookie'),
  'response-header:set-cookie',
);

/** Aliases of fetches, most of them older names that HAProxy lists as separate keywords. */
export const aliases: Readonly<Record<string, string>> = {
  hdr: 'req.hdr',
  hdr_cnt: 'req.hdr_cnt',
  hdr_ip: 'req.hdr_ip',
  hdr_val: 'req.hdr_val',
  cook: 'req.cook',
  cookie: 'req.cook',
  cook_cnt: 'req.cook_cnt',
  cook_val: 'req.cook_val',
  shdr: 'res.hdr',
  shdr_cnt: 'res.hdr_cnt',
  shdr_ip: 'res.hdr_ip',
  shdr_val: 'res.hdr_val',
  scook: 'res.cook',
  scook_cnt: 'res.cook_cnt',
  scook_val: 'res.cook_val',
  req_len: 'req.len',
  req_ssl_hello_type: 'req.ssl_hello_type',
  req_ssl_sni: 'req.ssl_sni',
  req_ssl_ver: 'req.ssl_ver',
  rep_ssl_hello_type: 'res.ssl_hello_type',
  rdp_cookie: 'req.rdp_cookie',
  rdp_cookie_cnt: 'req.rdp_cookie_cnt',
  req_rdp_cookie: 'req.rdp_cookie',
  req_rdp_cookie_cnt: 'req.rdp_cookie_cnt',
};

/** The families of fetches, as docs/samples.md shows them. */
export const fetchFamilies: Readonly<Record<string, Readonly<Record<string, Fetch>>>> = {
  'The connection': connection,
  'The client’s TLS connection': tls,
  'The connection to the server': serverConnection,
  'The TLS connection to the server': serverTls,
  'The request line': request,
  'Headers of the request': requestHeaders,
  'Cookies and parameters of the request': { ...requestCookies, ...parameters },
  'The login of the client': login,
  'Captured values': captured,
  'What the router is doing': stateFetches,
  'The response': { ...response, ...responseHeaders, ...responseCookies },
  Bodies: bodies,
  'The bytes of connections in mode tcp and of health checks': payload,
  'Protocols of connections in mode tcp': protocols,
  'Stick tables': counters,
  'Constants, variables, the clock, randomness, the process': internal,
};

const own: Readonly<Record<string, Fetch>> = Object.assign({}, ...Object.values(fetchFamilies));

/** Every fetch by its keyword and its other names (HAProxy configuration manual §7.3). */
export const fetches: Readonly<Record<string, Fetch>> = {
  ...own,
  ...Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, name]): [string, Fetch][] => {
      const fetch = own[name];
      return fetch === undefined ? [] : [[alias, fetch]];
    }),
  ),
};
