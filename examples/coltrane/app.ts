/**
 * Coltrane, the first application of the article: plain pages over plain HTTP. It holds no TLS, no routing and
 * no dependency; it shows what the two programs in front of it forward.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { place, serve } from '../support/serve.ts';
import { escape, page, table } from './html.ts';
import { journeyOf } from './journey.ts';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const html = (path: string, title: string, body: string, status = 200): Reply => ({
  status,
  type: 'text/html; charset=utf-8',
  body: page(path, title, body),
});

const style = readFileSync(new URL('public/style.css', import.meta.url), 'utf8');

const records: readonly (readonly [year: number, title: string])[] = [
  [1957, 'Blue Train'],
  [1960, 'Giant Steps'],
  [1961, 'My Favorite Things'],
  [1963, 'Impressions'],
  [1965, 'A Love Supreme'],
];

const routes: Readonly<Record<string, (request: IncomingMessage) => Reply>> = {
  '/': (request) => {
    const { forwardedFor, host } = journeyOf(request);
    return html(
      '/',
      'Plain pages, behind TLS',
      `<p>You asked <em>${escape(host)}</em>, and the router says you are <em>${escape(forwardedFor)}</em>.</p>
<p>This application speaks HTTP and nothing else. The terminator took the TLS off, the router read the Host header
and came here; the other application on the same address is <em>maps</em>.</p>
<p><a href="/journey">See everything that arrived</a></p>`,
    );
  },
  '/journey': (request) => {
    const { forwardedFor, host, protocol, peer, request: line, headers } = journeyOf(request);
    const facts = table('facts', [
      ['Visitor (X-Forwarded-For)', 'forwarded-for', forwardedFor],
      ['Host', 'host', host],
      ['Protocol', 'protocol', protocol],
      ['TCP peer', 'peer', peer],
      ['Request', 'request', line],
    ]);
    const all = table(
      'headers',
      headers.map(([name, value], index) => [name, `header-${index}`, value]),
    );
    return html('/journey', 'The journey of this request', `${facts}<h2>Every header line</h2>${all}`);
  },
  '/journey.json': (request) => ({
    status: 200,
    type: 'application/json',
    body: `${JSON.stringify(journeyOf(request), undefined, 2)}\n`,
  }),
  '/records': () => {
    const items = records.map(([year, title]) => `<li><time>${year}</time> ${escape(title)}</li>`);
    return html('/records', 'Records', `<ol id="records">${items.join('')}</ol>`);
  },
  '/style.css': () => ({ status: 200, type: 'text/css; charset=utf-8', body: style }),
};

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const { status, type, body } = route?.(request) ?? html(path, 'No such page', '<p><a href="/">Back</a></p>', 404);
  request.resume();
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
});

await serve('coltrane', server, place(8000));
