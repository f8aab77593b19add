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

Some 30,000 lines, right ones and each with one mistake, were given to both (\`haproxy -c\`, \`headgate-router check\`): every action of \`http-request\`, \`http-response\` and \`http-after-response\` with each argument missing, repeated, misspelled, of the
wrong kind or beyond its range, and the lines of the sections beside the proxies. The router refuses what HAProxy refuses, and these lines, which HAProxy accepts:

| what | why |
| --- | --- |
${table(LINES_REFUSED)}

And these it accepts, which HAProxy refuses:

| what | why |
| --- | --- |
${table(LINES_ACCEPTED)}

HAProxy's own regression tests (\`reg-tests\` of 2.6.0) are run with Headgate in HAProxy's place now and then. Apart from HTTP/2, Lua, SPOE, peers, caches, mailers and the socket of the
master, those that differ do so on purpose: they send requests without a Host ([security](security.md)), expect the version of a server's response to be passed on, post forms of the statistics page without its token,
set \`Connection\` or the status 101 by a rule, leave variables of addresses unset, use \`filter trace\` and the \`internal.…\` fetches, or expect that no server can be added to a backend whose algorithm is static, which
is possible here.

What a keyword does otherwise is said where it is documented; [compatibility](compatibility.md) lists every keyword. What the router refuses as ambiguous or malformed, and HAProxy
passes on, is in [security](security.md).
`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, text);
  assert.equal(readFileSync(page, 'utf8'), text);
});
