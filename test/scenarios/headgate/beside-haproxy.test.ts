/** One haproxy.cfg with `bind … ssl`: HAProxy itself, and headgate with both halves, asked the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:https';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import { AUTHORITY, OpenSsl, RSA, SERVER } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import type { KeyPair } from '../../../packages/tls-terminator/src/certificate/fixtures/openssl.ts';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startSyslog } from '../../support/syslog.ts';
import { dial } from '../../support/tcp.ts';
import { settled } from '../../support/until.ts';

const PROGRAMS = ['haproxy', 'headgate'] as const;
type Program = (typeof PROGRAMS)[number];

const openssl = new OpenSsl();
test.after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const names = ['a.test', 'b.test'];
const [first, second] = names.map((name) =>
  openssl.issue({ name, by: authority, extensions: SERVER(`DNS:${name}`) }),
) as [KeyPair, KeyPair];
openssl.write('ca.pem', authority.cert);
for (const [index, { key, cert }] of [first, second].entries())
  openssl.write(`${names[index]}.pem`, key + cert + authority.cert);
const ALICE = openssl.issue({
  name: 'alice/C=FR/O=Example/OU=first/OU=second',
  algorithm: RSA(2048),
  by: authority,
  extensions: ['extendedKeyUsage=clientAuth'],
});
/** Not of the authority: an error that crt-ignore-err lets pass. */
const STRANGER = openssl.issue({ name: 'stranger', extensions: ['extendedKeyUsage=clientAuth'] });
/** Its purpose is wrong. */
const SERVERS = openssl.issue({ name: 'server', by: authority, extensions: SERVER('DNS:server') });

const SAMPLES = `
  ssl_fc ssl_fc_sni ssl_fc_has_sni ssl_fc_protocol ssl_fc_alpn ssl_fc_is_resumed ssl_c_used ssl_c_verify ssl_c_s_dn ssl_c_s_dn(OU,2)
  ssl_c_i_dn ssl_c_serial,hex ssl_c_sha1,hex ssl_f_sig_alg src dst fc_src fc_dst fc_rcvd_proxy fc_pp_authority`
  .trim()
  .split(/\s+/);

interface Place {
  readonly http: number;
  readonly https: number;
  readonly proxied: number;
  readonly tcp: number;
}

function configuration({ http, https, proxied, tcp }: Place, app: number, log: number): string {
  const body = SAMPLES.map((sample) => `${sample.replaceAll(/[(),]/g, '_')}=%[${sample}]`).join('|');
  return `
global
    crt-base ${openssl.directory}
    ca-base ${openssl.directory}
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256
defaults
    mode http
    log 127.0.0.1:${log} local0
    option httplog
    timeout client 20s
    timeout server 20s
    timeout connect 5s
frontend web
    bind 127.0.0.1:${http}
    bind 127.0.0.1:${https} name secure ssl crt a.test.pem crt b.test.pem verify optional ca-file ca.pem crt-ignore-err 18 alpn http/1.1
    bind 127.0.0.1:${proxied} accept-proxy ssl crt a.test.pem
    tcp-request connection reject if { fc_src 127.0.0.2 }
    http-request redirect scheme https code 301 if { path /old } !{ ssl_fc }
    http-request deny if { path /secret } !{ ssl_c_used }
    http-request return status 200 content-type text/plain lf-string "${body}|port=%[dst_port,sub(${http})]|%ft" if { path /samples }
    http-request set-header X-Client "%[ssl_c_s_dn(CN)]"
    default_backend app
backend app
    server one 127.0.0.1:${app}
listen raw
    mode tcp
    option tcplog
    bind 127.0.0.1:${tcp} ssl crt b.test.pem
    server one 127.0.0.1:${app}
`;
}

interface Started extends Place {
  readonly log: Awaited<ReturnType<typeof startSyslog>>;
}

async function start(t: TestContext, program: Program): Promise<Started> {
  const app = await startApp(t);
  const log = await startSyslog(t);
  const place = { http: await freePort(), https: await freePort(), proxied: await freePort(), tcp: await freePort() };
  const file = openssl.write(`${program}.cfg`, configuration(place, app.port, log.port));
  await startProgram(t, program, file, Object.values(place));
  return { ...place, log };
}

interface Visit {
  readonly path: string;
  readonly servername?: string;
  readonly pair?: KeyPair;
  readonly from?: string;
  /** Sent before the handshake. */
  readonly before?: string;
}

/** The answer to one request over TLS, and whom the certificate of the server is for; or how it failed. */
async function visit(t: TestContext, port: number, wanted: Visit): Promise<string> {
  const { path, servername = 'a.test', pair, from = '127.0.0.1', before } = wanted;
  const socket = before === undefined ? undefined : await dial(t, { port });
  if (before !== undefined) socket?.write(before);
  const own = pair === undefined ? {} : { key: pair.key, cert: pair.cert };
  const client = connect({
    ...(socket === undefined ? { port, host: '127.0.0.1', localAddress: from } : { socket }),
    servername,
    ca: authority.cert,
    ALPNProtocols: ['http/1.1'],
    checkServerIdentity: () => undefined,
    ...own,
  });
  onCleanup(t, () => void client.destroy());
  let text = '';
  client.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  let failure: string | undefined;
  let shown = '';
  client.once('secureConnect', () => (shown = String(client.getPeerCertificate().subject.CN)));
  client.on('error', () => (failure = 'failed'));
  client.write(`GET ${path} HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
  const closed = new Promise((resolve) => client.once('end', resolve).once('close', resolve));
  await settled(`the answer to ${path}`, closed);
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  // HAProxy refuses a certificate in the handshake; ours after it, where some errors are ignored.
  if (failure !== undefined || status === undefined) return 'failed';
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return `${shown} ${status} ${path === '/samples' ? body : ''}`;
}

const PROXY = 'PROXY TCP4 192.0.2.7 192.0.2.8 1234 443\r\n';

/** What a series of clients gets, with what differs between two starts taken out. */
async function tour(t: TestContext, program: Program): Promise<readonly string[]> {
  const { http, https, proxied, tcp, log } = await start(t, program);
  const plain = await openRaw(t, http);
  plain.send('GET /old HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
  const redirected = await plain.rest();
  const seen = [
    /^location: .*$/im.exec(redirected)?.[0] ?? redirected,
    await visit(t, https, { path: '/samples' }),
    await visit(t, https, { path: '/samples', servername: 'b.test' }),
    await visit(t, https, { path: '/samples', servername: 'unknown.test' }),
    await visit(t, https, { path: '/samples', pair: ALICE }),
    await visit(t, https, { path: '/samples', pair: STRANGER }),
    await visit(t, https, { path: '/samples', pair: SERVERS }),
    await visit(t, https, { path: '/secret' }),
    await visit(t, https, { path: '/secret', pair: ALICE }),
    await visit(t, https, { path: '/app', from: '127.0.0.2' }),
    await visit(t, https, { path: '/old' }),
    await visit(t, proxied, { path: '/samples', before: PROXY }),
    await visit(t, tcp, { path: '/through', servername: 'b.test' }),
  ];
  const garbled = await openRaw(t, https);
  garbled.send('GET / HTTP/1.0\r\n\r\n');
  await garbled.rest();
  const gone = await openRaw(t, tcp);
  gone.end();
  await gone.rest();
  const lines = [
    await log.message(/web\/secure: SSL handshake failure$/),
    await log.message(/raw\/1: Connection closed during SSL handshake$/),
    await log.message(/"GET \/samples HTTP\/1\.1"/),
    await log.message(/"GET \/old HTTP\/1\.1"/),
    await log.message(/ raw/),
  ];
  const ports = [...lines].map((line) =>
    line
      .replace(/^\S+ \[[^\]]*\] /, '')
      .replaceAll(/ -?\d+(\/-?\d+)+ /g, ' … ')
      .replace(/ \d{3} \d+ /, ' … '),
  );
  // Behind accept-proxy the router does not learn the address of the load balancer.
  const alike = (text: string): string =>
    (text.includes('fc_rcvd_proxy=1') ? text.replaceAll(/fc_(src|dst)=[\d.]+/g, '') : text).replaceAll(
      /port=(-?\d+)/g,
      (_, difference) => `port=${Number(difference) > 0}`,
    );
  return [...seen, ...ports].map(alike);
}

test('rules, certificates and logs are those of HAProxy', { skip: missing('haproxy', 'openssl') }, async (t) => {
  const wanted = await tour(t, 'haproxy');
  assert.match(wanted[1] ?? '', /^a\.test 200 ssl_fc=1\|ssl_fc_sni=a\.test\|.*\|web~/);
  assert.deepEqual(await tour(t, 'headgate'), wanted);
});

for (const program of PROGRAMS) {
  test(
    `${program}: connections above the maxconn of a bind with ssl wait until one is free`,
    { skip: missing(program, 'openssl') },
    async (t) => {
      const app = await startApp(t);
      const port = await freePort();
      const file = openssl.write(
        `${program}-maxconn.cfg`,
        `global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s
listen web\n bind 127.0.0.1:${port} ssl crt ${openssl.directory}/a.test.pem maxconn 1\n server app 127.0.0.1:${app.port}\n`,
      );
      await startProgram(t, program, file, [port]);
      const open = (): { readonly client: ReturnType<typeof connect>; readonly answered: Promise<unknown> } => {
        const client = connect({ port, host: '127.0.0.1', servername: 'a.test', ca: authority.cert });
        onCleanup(t, () => void client.destroy());
        client.on('error', () => {});
        client.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
        return { client, answered: once(client, 'data') };
      };
      const holder = open();
      await settled('the first answer', holder.answered);
      const waiting = open();
      let early = false;
      void waiting.answered.then(() => (early = true));
      holder.client.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      await settled('a second answer to the first', once(holder.client, 'data'));
      assert.equal(early, false);
      holder.client.destroy();
      await settled('the answer of the one that waited', waiting.answered);
    },
  );
}

for (const program of PROGRAMS) {
  test(`${program}: a WebSocket over TLS`, { skip: missing(program, 'openssl') }, async (t) => {
    const { https } = await start(t, program);
    const agent = new Agent({ ca: authority.cert, servername: 'a.test', checkServerIdentity: () => undefined });
    const socket = new WebSocket(`wss://127.0.0.1:${https}/chat`, { agent });
    onCleanup(t, () => socket.terminate());
    await settled('the upgrade', once(socket, 'open'));
    socket.send('hello');
    const [message] = (await settled('the echo', once(socket, 'message'))) as [Buffer];
    assert.match(message.toString(), /hello/);
    socket.close(1000);
    const [code] = (await settled('the close', once(socket, 'close'))) as [number];
    assert.equal(code, 1000);
  });
}
