import assert from 'node:assert/strict';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

const CASES: Readonly<Record<string, boolean>> = {
  '/alive': true,
  'http://a/alive': true,
  '/alive?x': false,
  '/Alive': false,
  '/alive/': false,
};

forEachRouter('monitor-uri matches a complete target, or the path of an absolute one', async (t, router) => {
  const { port } = await startRouting(t, router, { frontend: ['monitor-uri /alive'], backend: [] });
  for (const [target, monitored] of Object.entries(CASES)) {
    const answer = await exchange(t, port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(answer, monitored ? /^HTTP\/1\.1 200 [^]*Service ready/ : /^HTTP\/1\.1 503 /, target);
  }
});
