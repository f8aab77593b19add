import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from 'node:tls';
import { freePort } from '../../../../test/support/ports.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { readAll } from '../service/fixtures/service.ts';
import { runtimeWith } from './fixtures/runtime.ts';

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
    const { lines } = await runtimeWith(t, openssl.write('stunnel.conf', conf));
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
