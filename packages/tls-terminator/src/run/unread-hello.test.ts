import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { connect } from 'node:tls';
import { listen } from '../../../../test/support/tcp.ts';
import { AUTHORITY, OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { readAll } from '../service/fixtures/service.ts';
import { runtimeWith } from './fixtures/runtime.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const ca = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const caFile = openssl.write('ca.pem', ca.cert);
const file = (name: string): string => {
  const { key, cert } = openssl.issue({ name, by: ca, extensions: SERVER(`DNS:${name}`) });
  return openssl.write(`${name}.pem`, key + cert + ca.cert);
};
const [open, secret] = [file('open.test'), file('secret.test')];
const list = openssl.write('list', `${open}\n${secret} [verify required ca-file ${caFile}] secret.test\n`);

/** Names of protocols that make a ClientHello larger than any that is read, and none that OpenSSL refuses. */
const LARGE = Array.from({ length: 100 }, () => 'x'.repeat(255));

/** With each of these a client without a certificate is served when it requests the name given, and not when it requests secret.test. */
for (const [what, options, served] of [
  ['client certificates of one name', `crtList = ${list}`, 'open.test'],
  ['names that are served alone', `strictSni = yes\ncert = ${open}`, 'open.test'],
  ['sections for names', `cert = ${open}\n[other]\nsni = s:secret.test\nconnect = 1\ncert = ${secret}`, 'open.test'],
] as const)
  test(`a ClientHello that is too large to be read does not get around ${what}`, async (t) => {
    const { port: server } = await listen(t, (socket) => socket.end('served'));
    const conf = `debug = info\n[s]\naccept = 127.0.0.1:0\nconnect = ${server}\n${options}\n`;
    const { runtime, lines } = await runtimeWith(t, openssl.write('stunnel.conf', conf));
    const port = Number(runtime.addresses[0]?.split(':')[1]);
    const visit = async (servername: string, ALPNProtocols: readonly string[]): Promise<string> => {
      const protocols = [...ALPNProtocols];
      const client = connect({
        port,
        host: '127.0.0.1',
        servername,
        rejectUnauthorized: false,
        ALPNProtocols: protocols,
      });
      t.after(() => client.destroy());
      await once(client, 'secureConnect');
      return (await readAll(client)).toString();
    };
    assert.equal(await visit(served, []), 'served');
    await visit('secret.test', LARGE).then(
      (bytes) => assert.equal(bytes, ''),
      (error: NodeJS.ErrnoException) => assert.equal(error.code, 'ECONNRESET'),
    );
    await lines.find(/failed: its ClientHello is too large or malformed/);
  });
