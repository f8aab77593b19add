import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { requestTwice } from '../../../../test/support/second-hello.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { ca, folder, readAll, startService, tcp, unix } from './fixtures/service.ts';

/** A server that answers with the beginning of what each client says first, the PROXY header included. */
async function recorder(t: TestContext): Promise<{ readonly port: number; readonly heard: string[] }> {
  const heard: string[] = [];
  const { port } = await listen(t, (socket) =>
    socket.once('data', (chunk: Buffer) => {
      heard.push(chunk.toString('latin1'));
      socket.end('served');
    }),
  );
  return { port, heard };
}

test('a client that requests another name in its second ClientHello reaches no server', async (t) => {
  const { port, heard } = await recorder(t);
  const own = await startService(t, { connects: [tcp(port)], ja4: true, proxyProtocol: 2 });
  assert.equal(await requestTwice(own.port, 'open.test', 'open.test', 'GET /'), 'served');
  assert.equal(heard.length, 1);
  assert.equal(await requestTwice(own.port, 'open.test', 'secret.test', 'GET /'), '');
  assert.equal(heard.length, 1);
  const { message } = await own.lines.find(/failed/);
  assert.match(message, /requested 'open\.test' first and 'secret\.test' when it was asked to repeat itself/);
});

for (const ja4 of [false, true])
  test(`the requested name is told of resumed sessions of TLS 1.2 too (ClientHello read: ${String(ja4)})`, async (t) => {
    const { port, heard } = await recorder(t);
    const { connect, lines } = await startService(t, { connects: [tcp(port)], ja4, proxyProtocol: 2 });
    let session: Buffer | undefined;
    for (const resumed of [false, true]) {
      const client = await connect({ maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) });
      session = client.getSession();
      client.write('GET /');
      await readAll(client);
      client.end();
      assert.equal(client.isSessionReused(), resumed);
    }
    assert.deepEqual([heard.length, heard.every((each) => each.includes('localhost'))], [2, true]);
    const names = lines.list.flatMap(({ fields }) => (fields['tls'] === undefined ? [] : [fields['sni']]));
    assert.deepEqual(names, ['localhost', 'localhost']);
  });

test('on a unix socket too a PROXY header says who calls', async (t) => {
  const path = join(folder, 'behind.sock');
  const { port, heard } = await recorder(t);
  await startService(t, { connects: [tcp(port)], accepts: [unix(path)], acceptProxy: true, proxyProtocol: 1 });
  const socket = tcpConnect(path);
  socket.write('PROXY TCP4 192.0.2.7 192.0.2.1 51612 443\r\n');
  const client = tlsConnect({ socket, ca, servername: 'localhost' });
  t.after(() => client.destroy());
  await once(client, 'secureConnect');
  client.write('GET /');
  assert.equal((await readAll(client)).toString(), 'served');
  assert.deepEqual(heard, ['PROXY TCP4 192.0.2.7 192.0.2.1 51612 443\r\nGET /']);
});
