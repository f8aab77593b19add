/** `proxy-v2-options` and its neighbours: the fields of the PROXY headers that HAProxy and headgate send for the same clients. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { AUTHORITY, OpenSsl, RSA, SERVER } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { decodeProxyHeader } from '../../../packages/shared/src/proxy-protocol/decode.ts';
import { readTlvs, tlvType } from '../../../packages/shared/src/proxy-protocol/tlv.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { dial, listen } from '../../support/tcp.ts';
import { settled, until } from '../../support/until.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const server = openssl.issue({ name: 'a.test', by: authority, extensions: SERVER('DNS:a.test') });
const alice = openssl.issue({
  name: 'alice',
  algorithm: RSA(2048),
  by: authority,
  extensions: ['extendedKeyUsage=clientAuth'],
});
openssl.write('ca.pem', authority.cert);
openssl.write('server.pem', server.key + server.cert);

/** Words of `server`, by the path that leads to it. */
const SERVERS: Readonly<Record<string, string>> = {
  plain: 'send-proxy-v2',
  both: 'send-proxy send-proxy-v2',
  ssl: 'send-proxy-v2-ssl',
  cn: 'send-proxy-v2-ssl-cn',
  all: 'send-proxy-v2 proxy-v2-options ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c,unique-id',
  certificate: 'send-proxy-v2 proxy-v2-options cert-key,cert-sig',
  alone: 'proxy-v2-options crc32c',
  undone: 'send-proxy send-proxy-v2-ssl no-send-proxy-v2-ssl',
};

function configuration(http: number, https: number, app: number): string {
  const routes = Object.keys(SERVERS).map((name) => `    use_backend ${name} if { path /${name} }`);
  const backends = Object.entries(SERVERS).map(
    ([name, words]) => `backend ${name}\n    server s 127.0.0.1:${app} ${words}`,
  );
  return `
global
    crt-base ${openssl.directory}
    ca-base ${openssl.directory}
defaults
    mode http
    timeout client 20s
    timeout server 20s
    timeout connect 5s
frontend web
    bind 127.0.0.1:${http}
    bind 127.0.0.1:${https} ssl crt server.pem verify optional ca-file ca.pem alpn http/1.1
    unique-id-format id-%[path]
${routes.join('\n')}
${backends.join('\n')}
`;
}

/** What a header says, without what differs from run to run: ports and the checksum. */
function described(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (text.startsWith('PROXY ')) return text.slice(0, text.indexOf('\r\n')).replace(/\d+ \d+$/, 'PORTS');
  const decoded = decodeProxyHeader(bytes);
  assert.ok(decoded.kind === 'header', text);
  const { command, source, tlvs } = decoded.header;
  const fields = tlvs.map(({ type, value }) => {
    if (type === tlvType.crc32c) return 'crc32c';
    if (type !== tlvType.ssl) return `${type}=${value.toString()}`;
    const inner = (readTlvs(value.subarray(5)) ?? []).map((one) => `${one.type}=${one.value.toString()}`);
    return `ssl(${value.toString('hex', 0, 5)} ${inner.join(' ')})`;
  });
  return `${command} ${source?.address ?? ''} ${fields.join(' ')}`;
}

async function headersFrom(t: TestContext, program: 'haproxy' | 'headgate'): Promise<Readonly<Record<string, string>>> {
  const seen: Buffer[] = [];
  const app = await listen(t, (socket) => {
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!received.includes('GET /')) return;
      seen.push(received);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  const [http, https] = [await freePort(), await freePort()];
  await startProgram(t, program, openssl.write(`${program}.cfg`, configuration(http, https, app.port)), [http, https]);
  const secure = async (path: string, own: object): Promise<void> => {
    const options = { port: https, host: '127.0.0.1', ca: authority.cert, servername: 'a.test', ...own };
    const socket = connect({
      ...options,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.3',
      ciphers: 'TLS_AES_256_GCM_SHA384',
    });
    onCleanup(t, () => void socket.destroy());
    socket.on('error', () => {});
    socket.write(`GET /${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    await settled('the answer', new Promise((resolve) => void socket.once('data', resolve)));
  };
  const found: Record<string, string> = {};
  for (const path of Object.keys(SERVERS)) {
    const plain = await dial(t, { port: http });
    plain.write(`GET /${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    await until('the plain request', () => seen.length === 1);
    await secure(path, {});
    await secure(path, { key: alice.key, cert: alice.cert });
    for (const [index, name] of ['plain', 'tls', 'certificate'].entries())
      found[`${path} ${name}`] = described(seen[index] ?? Buffer.alloc(0));
    seen.length = 0;
  }
  return found;
}

test('PROXY headers have the fields that HAProxy sends', { skip: missing('haproxy', 'openssl') }, async (t) => {
  assert.deepEqual(await headersFrom(t, 'headgate'), await headersFrom(t, 'haproxy'));
});
