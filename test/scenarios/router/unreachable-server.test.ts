import assert from 'node:assert/strict';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

forEachEngine('the reason for a failed server connection is logged once, not for every request', async (t, engine) => {
  const port = await freePort();
  const { url, process } = await startRouting(t, 'router', {
    frontend: [...engineStatements(engine)],
    backend: ['retries 0', `server gone 127.0.0.1:${port}`],
  });
  for (let count = 0; count < 3; count += 1) assert.equal((await request(url)).status, 503);
  const line = `Cannot connect to server apps/gone: connect ECONNREFUSED 127.0.0.1:${port}`;
  await until('the line', () => process.output.includes(line));
  assert.equal(process.output.split(line).length, 2, process.output);
});
