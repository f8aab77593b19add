import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { parseAddress } from './address.ts';
import type { WrittenAddress } from './address.ts';

function parse(text: string, minPort = 0): WrittenAddress | string | undefined {
  const problems = new Problems();
  const address = parseAddress({ text, at: { file: 'f', line: 1, column: 1 } }, minPort, problems);
  return problems.list[0]?.message ?? address;
}

const tcp = (host: string | undefined, port: number): WrittenAddress => ({ kind: 'tcp', host, port });

describe('parseAddress', () => {
  for (const [text, address] of [
    ['443', tcp(undefined, 443)],
    ['https', tcp(undefined, 443)],
    ['0', tcp(undefined, 0)],
    ['65535', tcp(undefined, 65_535)],
    ['127.0.0.1:8443', tcp('127.0.0.1', 8443)],
    ['localhost:http', tcp('localhost', 80)],
    [':::443', tcp('::', 443)],
    ['::1:443', tcp('::1', 443)],
    ['[::1]:443', tcp('::1', 443)],
    ['/run/router.sock', { kind: 'unix', path: '/run/router.sock' }],
    [`/${'a'.repeat(106)}`, { kind: 'unix', path: `/${'a'.repeat(106)}` }],
  ] as const) {
    it(`reads '${text}'`, () => assert.deepEqual(parse(text), address));
  }

  for (const [text, message] of [
    ['', /needs a port/],
    ['65536', /needs a port between 0 and 65535/],
    ['-1', /needs a port/],
    ['host', /needs a port/],
    ['constructor', /needs a port/],
    ['443 ', /needs a port/],
    ['0x50', /needs a port/],
    ['host:', /needs a port/],
    [':443', /is neither a host name nor an address/],
    ['a b:443', /is neither a host name nor an address/],
    ['1:2:443', /is neither a host name nor an address/],
    ['https://a:443', /is neither a host name nor an address/],
    [`/${'a'.repeat(107)}`, /longer than 107 bytes/],
  ] as const) {
    it(`refuses '${text}'`, () => assert.match(JSON.stringify(parse(text)), message));
  }

  it('refuses port 0 where nothing can be there', () =>
    assert.match(JSON.stringify(parse('0', 1)), /between 1 and 65535/));
});
