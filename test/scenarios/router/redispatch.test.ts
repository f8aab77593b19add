import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

forEachRouter('a refused connection is retried on another server with option redispatch 1', async (t, router) => {
  const app = await startApp(t, { name: 'alive' });
  const { url, syslog } = await startRouting(t, router, {
    backend: ['option redispatch 1', `server dead 127.0.0.1:${await freePort()}`, `server alive 127.0.0.1:${app.port}`],
  });
  const answer = await request(`${url}/x`);
  assert.equal(answer.status, 200);
  assert.equal(echoOf(answer).app, 'alive');
  assert.match(await syslog.message(/\/x/), /front apps\/alive .* \d+\/\d+\/\d+\/\d+\/\+1 0\/0 "GET/);
});

forEachRouter('without redispatch the same server is retried and the response is 503', async (t, router) => {
  const app = await startApp(t, { name: 'alive' });
  const { url, syslog } = await startRouting(t, router, {
    backend: [
      'timeout connect 50ms',
      'retries 2',
      `server dead 127.0.0.1:${await freePort()}`,
      `server alive 127.0.0.1:${app.port}`,
    ],
  });
  assert.equal((await request(`${url}/x`)).status, 503);
  assert.match(
    await syslog.message(/\/x/),
    /front apps\/dead \d+\/\d+\/-1\/-1\/\d+ 503 \d+ - - SC-- \d+\/\d+\/\d+\/\d+\/2 0\/0 "GET/,
  );
  assert.equal(app.requests.length, 0);
});

for (const balance of ['roundrobin', 'leastconn', 'first', 'static-rr']) {
  forEachRouter(
    `with plain option redispatch, balance ${balance} moves on to the next server at once`,
    async (t, router) => {
      const app = await startApp(t, { name: 'alive' });
      const { url, syslog } = await startRouting(t, router, {
        backend: [
          `balance ${balance}`,
          'option redispatch',
          `server dead 127.0.0.1:${await freePort()}`,
          `server alive 127.0.0.1:${app.port}`,
        ],
      });
      assert.equal(echoOf(await request(`${url}/x`)).app, 'alive');
      // A pause would be a second long and count as waiting time.
      assert.match(
        await syslog.message(/\/x/),
        /front apps\/alive \d+\/\d{1,3}\/\d+\/\d+\/\d+ 200 .* \d+\/\d+\/\d+\/\d+\/\+1 0\/0 "GET/,
      );
    },
  );
}

forEachRouter('a retryable response is retried on another server at once too', async (t, router) => {
  const app = await startApp(t, { name: 'alive' });
  const silent = await RawServer.listen(t, (connection) => connection.socket.once('data', () => connection.reset()));
  const { url, syslog } = await startRouting(t, router, {
    backend: [
      'option redispatch',
      'retry-on empty-response',
      `server dies 127.0.0.1:${silent.port}`,
      `server alive 127.0.0.1:${app.port}`,
    ],
  });
  assert.equal(echoOf(await request(`${url}/x`)).app, 'alive');
  assert.match(await syslog.message(/\/x/), /front apps\/alive .* ---- \d+\/\d+\/\d+\/\d+\/\+1 0\/0 "GET/);
});

forEachRouter(
  'pauses between attempts on one server count as connect time, before a redispatch as waiting time',
  async (t, router) => {
    const { url, syslog } = await startRouting(t, router, {
      defaults: ['timeout connect 100ms', 'retries 2'],
      frontend: ['use_backend leaves if { path /leaves }'],
      backend: [`server dead 127.0.0.1:${await freePort()}`],
      backends: { leaves: ['balance source', 'option redispatch', `server dead 127.0.0.1:${await freePort()}`] },
    });
    const times = async (path: string): Promise<{ waiting: number; total: number }> => {
      await request(`${url}${path}`);
      const line = await syslog.message(new RegExp(`SC-- .*${path}`));
      const [, waiting, total] =
        /\/dead \d+\/(\d+)\/-1\/-1\/(\d+) 503 \d+ - - SC-- \d+\/\d+\/\d+\/\d+\/2 /.exec(line) ?? assert.fail(line);
      return { waiting: Number(waiting), total: Number(total) };
    };
    const stays = await times('/stays');
    assert.ok(stays.total - stays.waiting >= 200, `two pauses of connecting: ${JSON.stringify(stays)}`);
    const leaves = await times('/leaves');
    assert.ok(leaves.waiting >= 100, `a pause of waiting: ${JSON.stringify(leaves)}`);
  },
);
