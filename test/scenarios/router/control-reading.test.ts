import assert from 'node:assert/strict';
import { Origin } from '../../support/origin.ts';
import { asked, openControl } from '../../support/control.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

forEachRouter('show stat narrows by proxy and kind, and by a number among servers alone', async (t, router) => {
  const { port } = await Origin.listen(t);
  const control = new TempDir(t).join('control.sock');
  await startRouting(t, router, {
    global: [`stats socket ${control} level admin`],
    backend: [`server one 127.0.0.1:${port}`, `server two 127.0.0.1:${port}`],
  });
  const shown = async (words: string): Promise<readonly string[]> =>
    [...(await asked(control, `show stat ${words}`)).matchAll(/^(apps|front),(\w+),/gm)].map(([, , name = '']) => name);
  assert.deepEqual(await shown('apps 7 2'), ['two', 'BACKEND']);
  assert.deepEqual(await shown('apps 4 2'), ['two']);
  assert.deepEqual(await shown('-1 3 9'), ['FRONTEND', 'BACKEND']);
});

forEachRouter('lines that come faster than their answers are read are all answered', async (t, router) => {
  const control = new TempDir(t).join('control.sock');
  await startRouting(t, router, { global: [`stats socket ${control} level admin`] });
  const client = await openControl(t, control);
  client.send('prompt\n');
  await client.expect('> ');
  client.socket.pause();
  client.send('show stat json\n'.repeat(300));
  client.send('quit\n');
  client.socket.resume();
  await client.ended();
  assert.equal(client.text.split('\n> ').length, 302);
});
