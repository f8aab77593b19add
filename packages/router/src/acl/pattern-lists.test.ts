import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideFrontend } from '../rules/evaluate.ts';
import { evaluationOf, frontendOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';

const COUNT = 10_000;
const numbers = Array.from({ length: COUNT }, (_, number) => number);
const files = {
  'hosts.lst': numbers.map((number) => `App-${number}.Example.com`).join('\n'),
  'paths.lst': numbers.map((number) => `/v${number}/`).join('\n'),
  'networks.lst': numbers.map((number) => `10.${number >> 8}.${number & 255}.0/25`).join('\n'),
};

const compiled = new Map<string, (request: Wanted) => boolean>();

function holds(criterion: string): (request: Wanted) => boolean {
  const known = compiled.get(criterion);
  if (known !== undefined) return known;
  const { frontend, problems } = frontendOf(`use_backend yes if { ${criterion} }`, files);
  assert.deepEqual(problems, []);
  const test = (request: Wanted): boolean => decideFrontend(frontend, evaluationOf(request)).kind === 'backend';
  compiled.set(criterion, test);
  return test;
}

const host = (value: string): Wanted => ({ headers: [['Host', value]] });
const from = (address: string): Wanted => ({ connection: { client: { address, port: 1 } } });

const cases: readonly (readonly [criterion: string, request: Wanted, holds: boolean])[] = [
  ['hdr(host) -f hosts.lst', host('App-9999.Example.com'), true],
  ['hdr(host) -f hosts.lst', host('app-9999.example.com'), false],
  ['hdr(host) -i -f hosts.lst', host('APP-9999.example.COM'), true],
  ['hdr(host) -i -f hosts.lst', host('app-10000.example.com'), false],
  ['hdr_dom(host) -i -f hosts.lst', host('x.app-77.example.com:8080'), true],
  ['hdr_dom(host) -f hosts.lst', host('x.app-77.example.com:8080'), false],
  ['hdr_dom(host) -i -f hosts.lst', host('xapp-77.example.com'), false],
  ['hdr_dom(host) -i -f hosts.lst', host('app-77.example.com.attacker.test'), true],
  ['hdr_end(host) -i -f hosts.lst', host('xapp-77.example.com'), true],
  ['hdr_end(host) -i -f hosts.lst', host('app-77.example.com.'), false],
  ['hdr_beg(host) -i -f hosts.lst', host('app-77.example.com:80'), true],
  ['path_beg -f paths.lst', { target: '/v9999/x' }, true],
  ['path_beg -f paths.lst', { target: '/v9999' }, false],
  ['path_dir -f paths.lst', { target: '/api/v9999' }, true],
  ['path_dir -f paths.lst', { target: '/api/v9999x/v' }, false],
  ['src -f networks.lst', from('10.39.15.1'), true],
  ['src -f networks.lst', from('10.39.15.128'), false],
  ['src -f networks.lst', from('::ffff:10.0.0.127'), true],
  ['src -f networks.lst', from('11.0.0.1'), false],
  // Flags between files: one list is folded, the other is not.
  ['path_beg -f paths.lst -i -f hosts.lst', { target: '/V1/x' }, false],
  ['path_beg -f paths.lst -i /UP/ /a/ /b/ /c/ /d/ /e/ /f/ /g/ /h/', { target: '/up/x' }, true],
];

for (const [criterion, request, expected] of cases) {
  test(`${criterion} with ten thousand lines ${expected ? 'holds' : 'does not hold'} for ${JSON.stringify(request)}`, () =>
    assert.equal(holds(criterion)(request), expected));
}
