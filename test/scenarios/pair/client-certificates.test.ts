/** What rules learn of clients' certificates: HAProxy's own TLS, and our terminator with our router, asked the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { AUTHORITY, OpenSsl, RSA, SERVER } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import type { KeyPair } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { settled } from '../../support/until.ts';

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority, of tests', extensions: AUTHORITY });
const server = openssl.issue({ name: 'server.test', by: authority, extensions: SERVER('DNS:server.test') });
const clients: readonly (readonly [string, KeyPair | undefined])[] = [
  ['no certificate', undefined],
  ['an EC certificate', openssl.issue({ name: 'alice', by: authority, extensions: ['extendedKeyUsage=clientAuth'] })],
  [
    'an RSA certificate with a long subject',
    openssl.issue({
      name: 'bob/C=FR/O=Example + Söhne, Inc./OU=first/OU=second/emailAddress=bob@example.test',
      algorithm: RSA(2048),
      by: authority,
      extensions: ['extendedKeyUsage=clientAuth'],
    }),
  ],
];
const CA = openssl.write('ca.pem', authority.cert);
const PEM = openssl.write('server.pem', server.key + server.cert);

const FETCHES = [
  'ssl_fc',
  'ssl_fc_has_crt',
  'ssl_c_used',
  'ssl_c_verify',
  'ssl_c_version',
  'ssl_c_s_dn',
  'ssl_c_i_dn',
  'ssl_c_s_dn(CN)',
  'ssl_c_s_dn(OU)',
  'ssl_c_s_dn(OU,2)',
  'ssl_c_s_dn(OU,-1)',
  'ssl_c_s_dn(OU,3)',
  'ssl_c_s_dn(emailAddress)',
  'ssl_c_s_dn(nothing)',
  'ssl_c_s_dn(,0,rfc2253)',
  'ssl_c_i_dn(,0,rfc2253)',
  'ssl_c_serial,hex',
  'ssl_c_sha1,hex',
  'ssl_c_der,sha1,hex',
  'ssl_c_notbefore',
  'ssl_c_notafter',
  'ssl_c_key_alg',
  'ssl_c_sig_alg',
  'ssl_fc_is_resumed',
  'ssl_fc_protocol',
  'ssl_fc_use_keysize',
  'ssl_fc_alg_keysize',
  'ssl_fc_sni',
  'ssl_f_key_alg',
  'ssl_f_sig_alg',
];

function routerConfig(bind: string): string {
  const body = FETCHES.map((fetch) => `${fetch.replaceAll(/[(),]/g, '_')}=%[${fetch}]`).join('|');
  return `
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend all
    bind ${bind}
    http-request return status 200 content-type text/plain lf-string "${body}"
`;
}

/** The body of the answer to one request. */
async function ask(t: TestContext, port: number, pair: KeyPair | undefined): Promise<Record<string, string>> {
  const own = pair === undefined ? {} : { key: pair.key, cert: pair.cert };
  const client = connect({ port, host: '127.0.0.1', servername: 'server.test', ca: authority.cert, ...own });
  onCleanup(t, () => void client.destroy());
  await settled('the handshake', once(client, 'secureConnect'));
  client.write('GET / HTTP/1.1\r\nHost: server.test\r\nConnection: close\r\n\r\n');
  let text = '';
  client.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await settled('the answer', once(client, 'end'));
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return Object.fromEntries(body.split('|').map((pair) => pair.split(/=(.*)/s, 2) as [string, string]));
}

test('rules see the certificate of a client as in HAProxy', { skip: missing('haproxy') }, async (t) => {
  const [reference, https, http] = [await freePort(), await freePort(), await freePort()];
  const tls = `ssl crt ${PEM} ca-file ${CA} verify optional`;
  await startProgram(t, 'haproxy', openssl.write('haproxy.cfg', routerConfig(`127.0.0.1:${reference} ${tls}`)), [
    reference,
  ]);
  await startProgram(t, 'router', openssl.write('router.cfg', routerConfig(`127.0.0.1:${http} accept-proxy`)), [http]);
  const conf = `foreground = yes\ncert = ${PEM}\nCAfile = ${CA}\n[https]\naccept = 127.0.0.1:${https}\nconnect = 127.0.0.1:${http}\nverify = optional\nprotocol = proxy-v2\n`;
  await startProgram(t, 'terminator', openssl.write('stunnel.conf', conf), [https]);
  for (const [title, pair] of clients) {
    const wanted = await ask(t, reference, pair);
    assert.equal(Object.keys(wanted).length, FETCHES.length);
    assert.equal(wanted['ssl_c_used'], pair === undefined ? '0' : '1');
    assert.deepEqual(await ask(t, https, pair), wanted, title);
  }
});
