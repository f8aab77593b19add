import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from 'node:tls';
import { freePort } from '../../../../test/support/ports.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { loadConfig } from '../config/load.ts';
import { Lines } from '../service/fixtures/lines.ts';
import { readAll } from '../service/fixtures/service.ts';
import { TerminatorRuntime } from './terminator-runtime.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const { key, cert } = openssl.issue({ name: 'a.test', extensions: SERVER('DNS:a.test') });
const pem = openssl.write('a.pem', key + cert);

for (const [first, second] of [
  ['no', 'yes'],
  ['yes', 'no'],
] as const)
  test(`ja4 is an option of the service that serves a name: ${second} after ${first}`, async (t) => {
    const port = await freePort();
    const server = await listen(t, (socket) => socket.end('.'));
    const conf = `debug = debug
[first]
accept = 127.0.0.1:${port}
connect = ${server.port}
cert = ${pem}
ja4 = ${first}
[second]
sni = first:a.test
connect = ${server.port}
cert = ${pem}
ja4 = ${second}
`;
    const { snapshot, problems } = await loadConfig([openssl.write('stunnel.conf', conf)]);
    assert.ok(snapshot, JSON.stringify(problems));
    const lines = new Lines();
    const runtime = new TerminatorRuntime({ logger: lines, processLimits: '', renew: async () => undefined });
    t.after(() => runtime.close());
    await runtime.apply(snapshot);
    for (const [servername, name, option] of [
      ['b.test', 'first', first],
      ['a.test', 'second', second],
    ] as const) {
      const client = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
      t.after(() => client.destroy());
      await readAll(client);
      const line = lines.list.find(({ fields }) => fields['service'] === name);
      assert.equal(line && 'ja4' in line.fields, option === 'yes', name);
    }
  });
