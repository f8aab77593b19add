import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { ENGINES } from './engines.ts';
import { onCleanup } from './cleanup.ts';
import { openRaw, portOf } from './raw.ts';
import { startRouting } from './routing.ts';
import type { Routing, RoutingParts } from './routing.ts';

/** One request, as its head is sent: method, target and lines. */
export interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly lines?: readonly string[];
  /** The local loopback address it comes from. */
  readonly from?: string;
  readonly body?: string;
}

/** What came of a request, for comparing two routers. */
export interface Seen {
  readonly status: string;
  /** The server that answered. */
  readonly server: string;
  /** The `Cookie` lines it received; Node's client (engine http-proxy) makes one of several. */
  readonly cookies: string;
  /** The answer's lines about cookies and caching, their names in lower case, in order. */
  readonly answered: readonly string[];
}

/**
 * An application that says which one it is and what cookies came. The query gives the answer: `?status=404`, and each `h` a header
 * line (`h=Set-Cookie: SRV=x`).
 */
export async function startCookieApp(t: TestContext, name: string): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const { searchParams } = new URL(incoming.url ?? '/', 'http://app');
    const cookies = incoming.rawHeaders.filter(
      (_, at) => incoming.rawHeaders[at - 1]?.toLowerCase() === 'cookie' && at % 2 === 1,
    );
    const extra = searchParams.getAll('h').flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const body = JSON.stringify({ server: name, cookies });
    outgoing.writeHead(Number(searchParams.get('status') ?? 200), [
      'Content-Length',
      String(Buffer.byteLength(body)),
      ...extra,
    ]);
    outgoing.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(t, () => new Promise((resolve) => server.close(() => resolve())));
  return portOf(server.address());
}

/** Sends one request on a connection of its own. */
export async function ask(
  t: TestContext,
  { port }: Routing,
  { method = 'GET', target, lines = [], from, body: sent = '' }: Asked,
): Promise<Seen> {
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: x',
    ...lines,
    'Connection: close',
    ...(method === 'POST' || sent !== '' ? [`Content-Length: ${Buffer.byteLength(sent)}`] : []),
  ];
  const raw = await openRaw(t, port, from);
  raw.send(Buffer.from(`${head.join('\r\n')}\r\n\r\n${sent}`));
  const text = await raw.rest();
  const [top = '', body = ''] = text.split('\r\n\r\n');
  const [first = '', ...rest] = top.split('\r\n');
  const answered = rest.flatMap((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    return ['set-cookie', 'cache-control'].includes(name) ? [`${name}:${line.slice(colon + 1)}`] : [];
  });
  const told = body.startsWith('{')
    ? (JSON.parse(body) as { server: string; cookies: string[] })
    : { server: '-', cookies: [] };
  return { status: first.split(' ')[1] ?? first, answered, server: told.server, cookies: told.cookies.join('; ') };
}

/** HAProxy and our router, with each engine, on the same file: what the first does is what the others should do. */
export async function startAll(t: TestContext, parts: RoutingParts): Promise<readonly Routing[]> {
  return Promise.all([
    startRouting(t, 'haproxy', parts),
    ...ENGINES.map((engine) =>
      startRouting(t, 'router', { ...parts, frontend: [`engine ${engine}`, ...(parts.frontend ?? [])] }),
    ),
  ]);
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A date as HAProxy writes it in a cookie: five digits of base 64, counting four seconds. */
export function cookieDate(seconds: number): string {
  const count = Math.floor(seconds / 4);
  return [4, 3, 2, 1, 0].map((place) => DIGITS[Math.floor(count / 64 ** place) % 64]).join('');
}

/** The dates of now in a line become `NOW`: two routers are asked one after the other. */
export function withoutNow(line: string): string {
  const now = Date.now() / 1000;
  const dates = new Set([-12, -8, -4, 0, 4, 8].map((ahead) => cookieDate(now + ahead)));
  return line.replace(/\|([A-Za-z0-9+/]{5})/g, (all, date: string) => (dates.has(date) ? '|NOW' : all));
}

/** Asks all the same and compares what came of it, with the cookie letters of the log. */
export async function compare(t: TestContext, routers: readonly Routing[], asked: readonly Asked[]): Promise<void> {
  for (const [index, one] of asked.entries()) {
    const target = `${one.target}${one.target.includes('?') ? '&' : '?'}n=${index}`;
    const outcomes = [];
    for (const router of routers) {
      const seen = await ask(t, router, { ...one, target });
      const line = await router.syslog.message(new RegExp(`[?&]n=${index} HTTP`));
      const [, server, letters, retries] =
        /front [^/ ]+\/(\S+) .* (\S\S\S\S) \d+\/\d+\/\d+\/\d+\/(\+?\d+) /.exec(line) ?? [];
      outcomes.push({ ...seen, answered: seen.answered.map(withoutNow), logged: `${server} ${letters} ${retries}` });
    }
    const [expected, ...others] = outcomes;
    for (const outcome of others)
      assert.deepEqual(outcome, expected, `${JSON.stringify(one)}\n${JSON.stringify(outcomes, undefined, 1)}`);
  }
}
