/**
 * Configurations through HAProxy and the router, some hundred requests each. This is the short form; the long one takes a folder of
 * configurations: test/differential/run.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inRepository, missing } from '../support/programs.ts';
import { TempDir } from '../support/temp.ts';
import { compare } from './compare.ts';
import { DIFFERENCES, LINES_ACCEPTED, LINES_REFUSED, NOT_MET } from './differences.ts';
import type { Known } from './differences.ts';

const FOLDER = join(import.meta.dirname, 'configurations');
const REQUESTS = 200;

for (const name of readdirSync(FOLDER)) {
  test(
    `${name}: ${REQUESTS} requests are answered, forwarded and logged as by HAProxy`,
    { skip: missing('haproxy') },
    async (t) => {
      const folder = new TempDir(t);
      const outcome = await compare(name, readFileSync(join(FOLDER, name), 'utf8'), folder.path, REQUESTS);
      assert.deepEqual(outcome.findings, [], outcome.said);
      assert.deepEqual([outcome.result, outcome.requests], ['same', REQUESTS], outcome.said);
    },
  );
}

test('docs/differences.md lists what is known to differ', () => {
  const page = inRepository('docs/differences.md');
  const table = (known: readonly Known[]): string =>
    known.map(({ what, why }) => `| ${what} | ${why.replaceAll('|', '\\|')} |`).join('\n');
  const text = `# Differences from HAProxy 2.6

Configurations are run through HAProxy and the router, with requests made of what their ACLs look at: status, fields and body of each response, what the server got, which
server it was, and the log line are compared. \`npm test\` does it with those in \`test/differential/configurations\`;
\`node --conditions=x-src test/differential/run.ts FOLDER\` with a folder of yours. Nothing differs but what follows.

| what | why |
| --- | --- |
${table([...DIFFERENCES, ...NOT_MET])}

## Lines that HAProxy 2.6 accepts and the router refuses

Some 80,000 lines, right ones and each with one mistake, were given to both (\`haproxy -c\`, \`headgate-router check\`): every action of \`http-request\`, \`http-response\`, \`http-after-response\`, \`tcp-request\` and \`tcp-response\`, in every section and mode, with each argument missing, repeated, misspelled, of the
wrong kind or beyond its range, and the lines of the sections beside the proxies. The router refuses what HAProxy refuses, and these lines, which HAProxy accepts:

| what | why |
| --- | --- |
${table(LINES_REFUSED)}

And these it accepts, which HAProxy refuses:

| what | why |
| --- | --- |
${table(LINES_ACCEPTED)}

## HAProxy's regression tests

The \`reg-tests\` of HAProxy 2.6.0 are run with the router in HAProxy's place now and then, last in November 2026. Of 180 tests 165 pass with Debian's 2.6.12, and 119 of those are not
about Lua, certificates, peers, caches, SPOE, mailers or HAProxy's master process. 76 pass as they are, and five more where HAProxy itself is the server with TLS that they need.
The other 38 want something that the router refuses or does otherwise on purpose; most pass without that part:

| what they want | tests |
| --- | --- |
| HTTP/2, FastCGI, \`socks4\`, \`spop-check\`, peers, Lua, the socket of the master | 19 |
| Configurations with variables of addresses that are not set | 3 |
| A \`bind\` with TLS in the router itself, which is [the terminator's](both-halves.md) | 1 |
| Malformed requests to be passed on: no Host or an invalid one, Content-Length beside Transfer-Encoding ([security](security.md)) | 3 |
| The version of a server's response, an absolute target or a blank at the end of a value to be passed on; a binary value to end at its first zero byte | 5 |
| A rule that sets a target that is not a path; three of those with HTTP/2 also set \`Connection\` and the status 101, or replace the method HEAD | 1 |
| A \`timeout client\` of 1 ms; timeouts fire with the tick of a clock | 1 |
| Forms of the statistics page without their token | 1 |
| \`add server\` to be refused where the algorithm is static; here it is possible | 1 |
| A rule to fail because a body fills the buffer; connections to be shared after \`option transparent\` | 2 |
| A connection that a check resets before it is accepted, so that the server never sees it: Node.js cannot delay the last packet of a handshake | 1 |

Where a handshake of a check fails, the router adds the reason to OpenSSL's sentence. Tests that are new since 2.6 and pass with 2.6.12 pass here as well, apart from HTTP/2, \`log-forward\` and two frontends on one
inherited socket: in HAProxy the last of them gets every connection, and the router cannot bind the address a second time.

To repeat it, let HAProxy's test program start a wrapper (\`HAPROXY_PROGRAM\`) that gives the router its listening sockets as systemd would (descriptors from 3 on, \`LISTEN_FDS\`,
\`LISTEN_PID\`), writes their addresses in place of \`fd@\${NAME}\`, drops \`-d\`, and hands \`-cc\` and \`-vv\` to HAProxy. Use a bundle: a test waits seconds for its start otherwise.

What a keyword does otherwise is said where it is documented; [compatibility](compatibility.md) lists every keyword. What the router refuses as ambiguous or malformed, and HAProxy
passes on, is in [security](security.md).
`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, text);
  assert.equal(readFileSync(page, 'utf8'), text);
});
