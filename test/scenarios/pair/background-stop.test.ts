import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { freePort } from '../../support/ports.ts';
import { TestProcess } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import { routingConfig } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

scenario('SIGTERM while going to the background ends both processes', async (t) => {
  const port = await freePort();
  const [command, ...args] = commandLine('router', new TempDir(t).write('haproxy.cfg', routingConfig(port, 1, {})));
  const parent = new TestProcess(t, command, [...args, '-D']);
  const child = await until('the background process', () => children(parent.pid)[0]);
  const { code } = await parent.stop();
  assert.notEqual(code, 0, 'nothing serves');
  assert.match(parent.stderr, /the background process ended/);
  await until('its end', () => !existsSync(`/proc/${child}`));
  const client = connect(port, '127.0.0.1');
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});

function children(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
