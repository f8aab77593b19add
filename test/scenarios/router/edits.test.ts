/** What rules make of requests and answers, beside HAProxy: the bytes that reach the server, and those that reach the client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { TestContext } from 'node:test';
import { Origin } from '../../support/origin.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';

/** Rules of one case; each gets the condition that picks its case. */
const inFrontend: readonly (readonly string[])[] = [
  ['http-request add-header X-A added'],
  ['http-request set-header X-A set'],
  ['http-request set-header X-New "%[src] %[method] <%[path]> %[req.hdr(x-a)]"'],
  ['http-request set-header X-Empty %[str()]'],
  ['http-request set-header X-Names "%f %b %s %ST"'],
  ['http-request set-header X-Fmt "%ci %HM %HU %HP %HQ %HV %f 100%%"'],
  ['http-request set-header X-Blanks "  a   b  %[path]  %[str()]  c"'],
  ['http-request set-header X-Quoted %{+Q}[req.hdr(x-a)]'],
  ['http-request del-header X-A'],
  ['http-request del-header x- -m beg'],
  ['http-request del-header -a -m end'],
  ['http-request del-header ooki -m sub'],
  ['http-request del-header ^(x-a|cookie)$ -m reg'],
  ["http-request replace-header X-A '(.*)wo(.*)' '\\2-%[method]-\\1'"],
  ["http-request replace-header Cookie 'lang=([a-z]+)' 'l=\\1'"],
  ["http-request replace-value X-A '^t(.*)$' 'T\\1'"],
  ["http-request replace-value X-A 'e$' '[\\0]'"],
  ["http-request replace-value X-A '^(.*)$' '<\\1>'"],
  ['http-request set-method PUT'],
  ['http-request set-path /new'],
  ['http-request set-path /p%[path]'],
  ['http-request set-path %[path,lower]'],
  ['http-request set-pathq /new?z=1'],
  ['http-request set-pathq /n%[pathq]'],
  ['http-request set-query z=%[method]'],
  ['http-request set-query %[query]&z=1'],
  ['http-request set-query %[str()]'],
  ['http-request set-uri /u%[path]'],
  ["http-request replace-path '/([^/]*)/(.*)' '/\\2/\\1'"],
  ["http-request replace-path 'old' '/new'"],
  ["http-request replace-pathq '(.*)\\?(.*)' '\\1?y=1&\\2'"],
  ["http-request replace-uri '^/old' '/new'"],
  ['http-request set-header Host other.test'],
  ['http-request set-var(txn.a) path,upper', 'http-request set-header X-Var %[var(txn.a)]'],
  ['http-request set-var-fmt(txn.a) "<%[path]|%[method]>"', 'http-request set-header X-Var %[var(txn.a)]'],
  [
    'http-request set-var(txn.a) path',
    'http-request unset-var(txn.a)',
    'http-request set-header X-Var "[%[var(txn.a)]]"',
  ],
  ['http-request set-path /seen', 'http-request set-header X-Path "%[path] %HP"'],
  ['http-request set-header X-A b', 'http-request add-header X-A c', 'http-request set-header X-Last %[req.hdr(x-a)]'],
  ['http-request redirect location https://%[req.hdr(host)]%[path]'],
  ['http-request redirect prefix https://x.%[req.hdr(host)] code 301'],
  ['http-request return status 200 content-type text/plain lf-string "%[method] %[path]" hdr X-Why %[src]'],
  ['http-request deny deny_status 429 hdr Retry-After %[int(7)]'],
  ['http-response set-header X-R "%[status] %[res.hdr(server)]"'],
  ['http-response set-header X-R "%s %b %f %ST %HM"'],
  ['http-response add-header Server two'],
  ['http-response del-header Server'],
  ['http-response del-header X-Powered -m beg'],
  ["http-response replace-header Set-Cookie '(.*)=(.*)' '\\1=<\\2>'"],
  ["http-response replace-value Vary '^a' 'b'"],
  ['http-response set-status 503'],
  ['http-response set-status 418 reason "I am a teapot"'],
  ['http-response deny'],
  ['http-response return status 404 content-type text/plain string gone'],
  ['http-after-response set-header Strict-Transport-Security max-age=31536000'],
  ['http-after-response del-header Server'],
  ['http-after-response set-status 500', 'http-after-response set-header X-S %[status]'],
  ['http-request deny', 'http-after-response set-header X-After %[status]'],
  ['http-request return status 200 content-type text/plain string hi', 'http-after-response set-header X-After here'],
];

/** Of the backend: read behind the frontend's for requests, before them for answers. */
const inBackend: readonly (readonly string[])[] = [
  ['http-request set-path /backend%[path]'],
  ['http-request set-header X-Be %[req.hdr(host)]', 'http-response set-header X-Be %[res.hdr(server)]'],
  ['http-response del-header Server', 'http-after-response set-header X-After be'],
];

const requests: readonly (readonly [line: string, ...headers: string[]])[] = [
  ['GET /old/Path?x=1&y=2', 'X-A: one, two', 'X-A: three', 'Cookie: id=7; lang=de', 'X-B: b'],
  ['GET /old', 'x-a: two'],
  ['GET /?'],
  ['GET /a/b/c', 'X-A:', 'Cookie: a=b'],
  ['DELETE /old?q', 'X-A: "t,wo", tree'],
  ['POST /old/x', 'X-A: tw\xe9', 'Content-Length: 4'],
];

const cases = [...inFrontend, ...inBackend];
const caseOf = (rules: readonly string[]): string => `c${cases.indexOf(rules)}`;
const conditioned = (lists: readonly (readonly string[])[]): readonly string[] =>
  lists.flatMap((rules) => rules.map((rule) => `${rule} if { var(txn.case) -m str ${caseOf(rules)} }`));

const ANSWER =
  'HTTP/1.1 200 OK\r\nServer: origin\r\nX-Powered-By: php\r\nX-Powered-For: fun\r\nSet-Cookie: s=1\r\nSet-Cookie: t=2\r\n' +
  'Vary: accept, cookie\r\nContent-Length: 2\r\n\r\nok';

/** Names in lower case, without the fields of one connection. */
function plain(head: string): readonly string[] {
  const [line = '', ...fields] = head.split('\r\n');
  const kept = fields.filter((field) => !/^(?:connection|keep-alive|date):/i.test(field));
  // Of an answer of ours the length stands first, of HAProxy's somewhere.
  kept.sort((a, b) => Number(/^content-length:/i.test(b)) - Number(/^content-length:/i.test(a)));
  return [
    line,
    ...kept.map((field) => field.replace(/^[^:]+:\s*/, (name) => `${name.trim().toLowerCase()} `).trimEnd()),
  ];
}

interface Seen {
  readonly asked: string;
  readonly server: readonly string[] | undefined;
  readonly client: readonly string[];
}

async function seenBy(t: TestContext, router: Router, engine: readonly string[]): Promise<readonly Seen[]> {
  const origin = await Origin.listen(t);
  origin.otherwise = ANSWER;
  const { port } = await startRouting(t, router, {
    frontend: [...engine, 'http-request set-var(txn.case) req.hdr(x-case)', ...conditioned(inFrontend)],
    backend: [...conditioned(inBackend), `server s 127.0.0.1:${origin.port}`],
  });
  const seen: Seen[] = [];
  for (const rules of cases) {
    for (const [line, ...headers] of requests) {
      const before = origin.requests.length;
      const body = headers.some((header) => header.startsWith('Content-Length')) ? 'body' : '';
      const head = [`${line} HTTP/1.1`, 'Host: www.test', ...headers, `X-Case: ${caseOf(rules)}`, 'Connection: close'];
      const answer = await exchange(t, port, `${head.join('\r\n')}\r\n\r\n${body}`);
      const request = origin.requests.slice(before)[0];
      seen.push({
        asked: `${rules.join('; ')} on ${line}`,
        server: request === undefined ? undefined : plain(request.head),
        client: plain(answer),
      });
    }
  }
  return seen;
}

const skip = missing('haproxy');
for (const engine of ['wire', 'http-proxy'] as const) {
  test(`rules change requests and answers as HAProxy's do, engine ${engine}`, { skip, timeout: 300_000 }, async (t) => {
    const theirs = await seenBy(t, 'haproxy', []);
    const ours = await seenBy(t, 'router', engine === 'wire' ? [] : ['engine http-proxy']);
    assert.equal(ours.length, cases.length * requests.length);
    // Node's writer puts repeated fields, framing and Host in places of its own, and tells of no body where one is usual.
    const arranged = (lines: readonly string[] | undefined): readonly string[] | undefined =>
      engine === 'wire' ? lines : lines?.filter((line) => line !== 'content-length: 0').toSorted();
    const told = ({ asked, server, client }: Seen): object => ({
      asked,
      server: arranged(server),
      client: arranged(client),
    });
    const differing = theirs
      .map((one, at) => [one, ours[at]] as const)
      .filter(([one, other]) => {
        return other === undefined || !isDeepStrictEqual(told(one), told(other));
      });
    assert.deepEqual(
      differing.map(([, other]) => other && told(other)),
      differing.map(([one]) => told(one)),
    );
  });
}
