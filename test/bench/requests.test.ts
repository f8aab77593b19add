import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requests } from '../../bench/load/requests.ts';
import type { Requests } from '../../bench/load/requests.ts';

const heads = (all: readonly string[]): string[] => all.map((one) => one.slice(0, one.indexOf('\r\n\r\n') + 4));
const average = (all: readonly string[]): number => all.reduce((sum, { length }) => sum + length, 0) / all.length;

describe('the requests of the bench', () => {
  for (const kind of ['browser', 'api', 'bare'] as const satisfies readonly Requests[]) {
    it(`differ from one to the next, and are the same in every run: ${kind}`, () => {
      const all = requests(kind);
      assert.equal(all.length, 997);
      assert.equal(new Set(all).size, 997);
      assert.deepEqual(requests(kind), all);
      for (const one of all) assert.match(one, /^(GET|POST) \/\S+\?\S+ HTTP\/1\.1\r\nHost: dev-coltrane01\r\n/);
    });
  }

  it("have the size of a browser's requests and separate sessions", () => {
    const all = heads(requests('browser'));
    const size = average(all);
    assert.ok(size > 450 && size < 600, `${size} bytes`);
    assert.equal(new Set(all.map((head) => /session=(\w{32})/.exec(head)?.[1])).size, 997);
  });

  it('declare the length of their body', () => {
    for (const all of [requests('api'), requests('browser', { upload: 300, count: 10 })]) {
      const posts = all.filter((one) => one.startsWith('POST'));
      assert.ok(posts.length > 0);
      for (const one of posts) {
        const body = one.slice(one.indexOf('\r\n\r\n') + 4);
        assert.equal(Number(/\r\nContent-Length: (\d+)\r\n/.exec(one)?.[1]), body.length);
      }
    }
  });

  it('go to every host, a different one each time', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `host-${index}`);
    const asked = requests('browser', { hosts, count: 997 }).map((one) => /\r\nHost: (\S+)/.exec(one)?.[1]);
    assert.equal(new Set(asked).size, 100);
    const same = asked.filter((host, index) => host === asked[index + 1]).length;
    assert.ok(same < 50, `${same} of 997 go to the same host as their predecessor`);
  });

  it('keep the path an origin needs', () => {
    for (const one of requests('browser', { path: '/64k' })) assert.match(one, /^GET \/64k\?/);
  });

  it('are identical if the case repeats one request', () => {
    assert.deepEqual(requests('repeated'), ['GET / HTTP/1.1\r\nHost: dev-coltrane01\r\n\r\n']);
  });
});
