/** 10,000 connections in one moment. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { openFiles, readProcessLimits } from '@headgate/shared/process/open-files';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { asked } from '../../support/control.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** Fewer where not as many files may be open: the router takes two for each that it serves. */
const COUNT = Math.min(10_000, Math.floor((openFiles(readProcessLimits()) ?? 20_000) / 2));
/** Served at a time: the others wait for a place. */
const SERVED = COUNT - 100;
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

scenario(
  `${COUNT} connections at once are all accepted and all answered, 100 of them once there is a place`,
  async (t) => {
    const app = await startApp(t, { name: 'one' });
    const socket = new TempDir(t).join('control.sock');
    const { port } = await startRouting(t, 'router', {
      global: [`maxconn ${SERVED}`, `stats socket ${socket} level admin`],
      backend: [`server one 127.0.0.1:${app.port} maxconn 50`, 'timeout queue 2m'],
    });
    const sockets: Socket[] = [];
    onCleanup(t, () => sockets.forEach((one) => one.destroy()));
    let [open, failed, answered] = [0, 0, 0];
    for (let count = 0; count < COUNT; count += 1) {
      const client = connect(port, '127.0.0.1', () => (open += 1));
      client.on('error', () => (failed += 1));
      client.once(
        'data',
        (bytes: Buffer) =>
          void (bytes.toString('latin1').startsWith('HTTP/1.1 200 ') ? (answered += 1) : (failed += 1)),
      );
      sockets.push(client);
    }
    await until('all to be connected', () => open + failed === COUNT, 60_000);
    await until(
      'the router to have them all',
      async () => Number(/^CurrConns: (\d+)$/m.exec(await asked(socket, 'show info'))?.[1]) === SERVED,
    );
    for (const client of sockets) client.write(REQUEST);
    await until('all to be answered', () => answered + failed === COUNT, 60_000);
    assert.deepEqual([answered, failed], [COUNT, 0]);
  },
  400_000,
);
