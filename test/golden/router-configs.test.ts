import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { compile } from '@headgate/router/config/compile';
import { readText } from '@headgate/router/config/read';
import { decideFrontend } from '@headgate/router/rules/evaluate';
import { evaluationOf } from '@headgate/router/rules/testing';
import { Problems, formatProblem } from '@headgate/shared/config/problem';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'configs/examples');
const io = {
  readFile: (path: string) => (path === '/etc/headgate/503.http' ? 'HTTP/1.1 503 Soon\n\nback soon\n' : undefined),
};

function load(file: string): ReturnType<typeof compile> {
  const problems = new Problems();
  return compile(readText(readFileSync(file, 'utf8'), relative(root, file), {}, problems), io, problems);
}

const ROUTERS = [join(root, 'configs/router.yaml'), ...readdirSync(examples).map((name) => join(examples, name))];
for (const file of ROUTERS.filter((path) => /^frontends?\b/m.test(readFileSync(path, 'utf8')))) {
  test(`${relative(root, file)} compiles without problems`, () => {
    const { snapshot, problems } = load(file);
    assert.deepEqual(problems.map(formatProblem), []);
    assert.ok(snapshot);
  });
}

/** The same configuration in both formats. */
const PRODUCTION = ['configs/router.yaml', 'configs/examples/haproxy.cfg'];

for (const name of PRODUCTION)
  test(`${name} redirects plain requests to TLS and routes TLS requests to their application`, () => {
    const frontend = load(join(root, name)).snapshot?.frontends[0];
    assert.ok(frontend);
    const decide = (host: string, proxied: boolean, upgrade?: string): string => {
      const headers: [string, string][] =
        upgrade === undefined
          ? [['Host', host]]
          : [
              ['Host', host],
              ['Upgrade', upgrade],
            ];
      const decision = decideFrontend(frontend, evaluationOf({ target: '/a?b', headers, connection: { proxied } }));
      if (decision.kind === 'respond') return decision.answer.headers.find(([name]) => name === 'location')?.[1] ?? '';
      return decision.kind === 'backend' ? decision.name : decision.kind;
    };
    assert.equal(decide('dev-maps01', false), 'https://dev-maps01/a?b');
    assert.equal(decide('dev-coltrane01', false), 'https://dev-coltrane01/a?b');
    assert.equal(decide('dev-maps01', true), 'maps_http_backend');
    assert.equal(decide('dev-maps01', true, 'websocket'), 'maps_websocket_backend');
    assert.equal(decide('ws.dev-maps01', true), 'maps_websocket_backend');
    assert.equal(decide('dev-coltrane01', true), 'coltrane_http_backend');
    assert.equal(decide('other', true), 'none');
  });

for (const name of PRODUCTION)
  test(`${name} requires a PROXY header from this machine only`, () => {
    const frontend = load(join(root, name)).snapshot?.frontends[0];
    const [rule] = frontend?.connectionRules ?? [];
    assert.equal(rule?.act(evaluationOf()).kind, 'expect-proxy');
    const from = (address: string): boolean | undefined =>
      rule?.when?.(evaluationOf({ connection: { peer: { address, port: 1 }, client: { address, port: 1 } } }));
    assert.deepEqual(['127.0.0.1', '::1', '192.0.2.1', '127.0.0.2'].map(from), [true, true, false, false]);
  });
