import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { skips } from '../../support/programs.ts';
import { request } from '../../support/client.ts';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { exchange } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { until } from '../../support/until.ts';

scenario(
  'the terminator counts handshakes, connections and bytes, and says how long its certificate lasts',
  async (t) => {
    const origin = await Origin.listen(t);
    origin.otherwise = (_request, { socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const metrics = await freePort();
    const { port, certificates } = await startTerminating(t, 'terminator', {
      connect: origin.port,
      global: [`metrics = ${metrics}`],
    });
    const ca = certificates.ca;
    for (let n = 0; n < 3; n += 1) await request(`https://localhost:${port}/`, { ca });
    await exchange(t, port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => undefined);
    const read = async (): Promise<ReadonlyMap<string, number>> => {
      const { text } = await request(`http://127.0.0.1:${metrics}/metrics`);
      const lines = text.split('\n').filter((line) => line.startsWith('headgate_terminator_'));
      return new Map(lines.map((line) => [line.slice(20, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
    };
    const all = await until('all to be counted', async () => {
      const found = await read();
      return (found.get('handshakes_total{service="https",result="not-tls",version=""}') ?? 0) === 1 &&
        found.get('current_sessions{service="https"}') === 0
        ? found
        : undefined;
    });
    assert.equal(all.get('connections_total{service="https"}'), 4);
    assert.equal(all.get('handshakes_total{service="https",result="ok",version="TLSv1.3"}'), 3);
    assert.ok((all.get('bytes_to_client_total{service="https"}') ?? 0) >= 3 * 'HTTP/1.1 200 OK'.length);
    assert.ok((all.get('certificate_remaining_seconds{service="https"}') ?? -1) > 0);
    assert.equal((await request(`http://127.0.0.1:${metrics}/`)).status, 404);
    const { text } = await request(`http://127.0.0.1:${metrics}/metrics`);
    if (skips(t, 'promtool')) return;
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  },
);
