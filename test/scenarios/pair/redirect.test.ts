import assert from 'node:assert/strict';
import { request } from '../../support/client.ts';
import { startPair } from '../../support/pairing.ts';
import { forEachPair } from '../../support/scenario.ts';

forEachPair(
  'plain http is redirected to https with path and query kept, and https is not redirected',
  async (t, terminator, router) => {
    const { http, https, certificates, maps } = await startPair(t, terminator, router);
    const headers = { Host: 'dev-maps01' };
    const plain = await request(`http://127.0.0.1:${http}/a/b?c=d&e=%20f`, { from: '127.0.0.2', headers });
    assert.equal(plain.status, 302);
    assert.equal(plain.headers.location, 'https://dev-maps01/a/b?c=d&e=%20f');
    assert.equal(maps.requests.length, 0);
    const secure = await request(`https://127.0.0.1:${https}/a/b?c=d&e=%20f`, {
      from: '127.0.0.2',
      headers,
      ca: certificates.ca,
    });
    assert.equal(secure.status, 200);
    assert.deepEqual(maps.requests, ['GET /a/b?c=d&e=%20f']);
  },
);
