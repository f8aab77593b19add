import assert from 'node:assert/strict';
import { echoOf, pattern } from '../../support/apps.ts';
import { request, sha256 } from '../../support/client.ts';
import { startPair } from '../../support/pairing.ts';
import { forEachPair } from '../../support/scenario.ts';

const SIZE = 20 * 1024 * 1024;

forEachPair('20 MB are uploaded and 20 MB downloaded at the same time, unchanged', async (t, terminator, router) => {
  const { https, certificates } = await startPair(t, terminator, router);
  const options = { ca: certificates.ca, headers: { Host: 'dev-coltrane01' } };
  const body = pattern(SIZE);
  const [up, down] = await Promise.all([
    request(`https://127.0.0.1:${https}/upload`, { ...options, method: 'PUT', body }),
    request(`https://127.0.0.1:${https}/bytes/${SIZE}`, options),
  ]);
  assert.equal(echoOf(up).bodyBytes, SIZE);
  assert.equal(echoOf(up).bodySha256, sha256(body));
  assert.equal(down.body.length, SIZE);
  assert.equal(sha256(down.body), down.headers['x-sha256']);
});
