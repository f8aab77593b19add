/** Servers over TLS: the same file in HAProxy and in both engines of ours. */
// oxlint-disable no-control-regex -- TLS begins with control characters
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import type { Engine } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { exchange, openRaw, RawServer } from '../../support/raw.ts';
import { startApp } from '../../support/apps.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing, RoutingParts } from '../../support/routing.ts';
import { Authority, tlsOrigin } from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

type Start = (parts: RoutingParts) => Promise<Routing>;

/** HAProxy, and our router with each engine. */
function forEachPath(sentence: string, run: (t: TestContext, start: Start, router: Router) => Promise<void>): void {
  const paths: readonly (readonly [string, Router, Engine | undefined])[] = [
    ['haproxy', 'haproxy', undefined],
    ['wire engine', 'router', 'wire'],
    ['http-proxy engine', 'router', 'http-proxy'],
  ];
  for (const [title, router, engine] of paths)
    test(`${title}: ${sentence}`, { skip: missing(router, 'openssl'), timeout: 120_000 }, (t) => {
      const own = engine === undefined ? [] : engineStatements(engine);
      const start: Start = (parts) =>
        startRouting(t, router, {
          ...parts,
          global: ['nbthread 1', ...(parts.global ?? [])],
          frontend: [...own, ...(parts.frontend ?? [])],
        });
      return run(t, start, router);
    });
}

const get = (path: string, host: string, end = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${end}\r\n`;
const CLOSE = 'Connection: close\r\n';

forEachPath(
  'requests on one client connection reach a server over TLS by the name each of them asks for',
  async (t, start, router) => {
    const authority = new Authority(t);
    const origin = await tlsOrigin(t, authority.issue(['a.test', 'b.test']));
    const { port } = await start({
      backend: [`server s 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} sni req.hdr(host)`],
    });
    const client = await openRaw(t, port);
    for (const [index, host] of ['a.test', 'b.test', 'a.test', 'b.test', 'a.test'].entries()) {
      client.send(get(`/${index}`, host));
      await until('its answer', () => client.text.split('sni=').length === index + 2);
    }
    assert.deepEqual(
      origin.seen.map(({ host }) => host),
      ['a.test', 'b.test', 'a.test', 'b.test', 'a.test'],
    );
    for (const { sni, host, version } of origin.seen) assert.deepEqual([sni, version], [host, 'TLSv1.3']);
    // A connection for each name, each used again. HAProxy opens some of them again.
    if (router === 'router')
      assert.deepEqual(
        origin.seen.map(({ connection }) => connection),
        [1, 2, 1, 2, 1],
      );
  },
);

forEachPath(
  'a server whose certificate is not for the name, expired or of a stranger gets no byte',
  async (t, start, router) => {
    const [authority, stranger] = [new Authority(t), new Authority(t, 'somebody else')];
    const good = await tlsOrigin(t, authority.issue(['a.test']));
    const old = await tlsOrigin(t, authority.issue(['a.test'], -1));
    const foreign = await tlsOrigin(t, stranger.issue(['a.test']));
    const verified = `ssl verify required ca-file ${authority.caFile}`;
    const { url, syslog, process } = await start({
      frontend: ['use_backend %[path,field(2,/)]'],
      backend: ['retries 0'],
      backends: {
        good: ['retries 0', `server s 127.0.0.1:${good.port} ${verified} sni str(a.test)`],
        named: ['retries 0', `server s 127.0.0.1:${good.port} ${verified} verifyhost a.test`],
        unnamed: ['retries 0', `server s 127.0.0.1:${good.port} ${verified}`],
        wrong: ['retries 3', `server s 127.0.0.1:${good.port} ${verified} sni str(b.test)`],
        host: ['retries 0', `server s 127.0.0.1:${good.port} ${verified} verifyhost b.test`],
        // The name that is asked for counts more.
        both: ['retries 0', `server s 127.0.0.1:${good.port} ${verified} sni str(a.test) verifyhost b.test`],
        old: ['retries 0', `server s 127.0.0.1:${old.port} ${verified} sni str(a.test)`],
        foreign: ['retries 0', `server s 127.0.0.1:${foreign.port} ${verified} sni str(a.test)`],
        trusting: ['retries 0', `server s 127.0.0.1:${foreign.port} ssl verify none sni str(c.test)`],
      },
    });
    for (const [name, status, state] of [
      ['good', 200, '----'],
      ['named', 200, '----'],
      ['unnamed', 200, '----'],
      ['both', 200, '----'],
      ['trusting', 200, '----'],
      ['wrong', 503, 'SC--'],
      ['host', 503, 'SC--'],
      ['old', 503, 'SC--'],
      ['foreign', 503, 'SC--'],
    ] as const) {
      const before = good.seen.length + old.seen.length + foreign.seen.length;
      assert.equal((await request(`${url}/${name}/`)).status, status, name);
      assert.match(
        await syslog.message(new RegExp(` ${name}/s `)),
        new RegExp(` ${status} \\d+ - - ${state} .*/${name === 'wrong' ? 3 : 0} \\d+/\\d+ "`),
        name,
      );
      assert.equal(good.seen.length + old.seen.length + foreign.seen.length, before + (status === 200 ? 1 : 0), name);
    }
    if (router === 'haproxy') return;
    for (const reason of [
      "Cannot connect to server wrong/s: the certificate of the server is not for 'b.test'",
      'Cannot connect to server old/s: its certificate is refused: it has expired',
      'Cannot connect to server foreign/s: its certificate is refused: the authority that issued it is not among the trusted ones',
    ])
      assert.ok(process.output.includes(reason), `${reason}\n${process.output}`);
  },
);

forEachPath('later connections resume the session of the first, unless no-ssl-reuse is written', async (t, start) => {
  const authority = new Authority(t);
  const origin = await tlsOrigin(t, authority.issue(['a.test']));
  const server = `server s 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} sni str(a.test) max-reuse 0`;
  const { port } = await start({
    frontend: ['use_backend never if { path /never }'],
    backend: [server],
    backends: { never: [`${server} no-ssl-reuse`] },
  });
  for (const path of ['/', '/', '/', '/never', '/never']) await exchange(t, port, get(path, 'x', CLOSE));
  assert.deepEqual(
    origin.seen.map(({ resumed }) => resumed),
    [false, true, true, false, false],
  );
});

forEachPath('versions, ciphers, protocols and the own certificate are those that are configured', async (t, start) => {
  const authority = new Authority(t);
  const crt = authority.issue(['client.test']);
  const origin = await tlsOrigin(t, authority.issue(['a.test']), {
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  const server = `server s 127.0.0.1:${origin.port} ssl verify none`;
  const { port } = await start({
    global: ['ssl-default-server-options ssl-max-ver TLSv1.2'],
    frontend: ['use_backend %[path,field(2,/)]'],
    backends: {
      global: [server],
      newest: [`${server} ssl-max-ver TLSv1.3`],
      forced: [`default-server force-tlsv12`, `${server} no-tls-tickets`],
      less: [`${server} ssl-max-ver TLSv1.3 no-tlsv13`],
      alpn: [`${server} alpn http/1.1`],
      crt: [`${server} crt ${crt}`],
      cipher: [`${server} ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384`],
    },
  });
  for (const name of ['global', 'newest', 'forced', 'less', 'alpn', 'crt', 'cipher'])
    await exchange(t, port, get(`/${name}`, 'x', CLOSE));
  assert.deepEqual(
    origin.seen.map(({ url, version, alpn, client }) => [url, version, alpn, client].join(' ')),
    [
      '/global TLSv1.2  ',
      '/newest TLSv1.3  ',
      '/forced TLSv1.2  ',
      // Beside a minimum or a maximum, no-tlsv1x is ignored.
      '/less TLSv1.3  ',
      '/alpn TLSv1.2 http/1.1 ',
      '/crt TLSv1.2  leaf',
      '/cipher TLSv1.2  ',
    ],
  );
});

forEachPath('an upgrade over TLS passes bytes both ways', async (t, start) => {
  const authority = new Authority(t);
  const origin = await tlsOrigin(t, authority.issue(['a.test']));
  const { port } = await start({
    backend: [`server s 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} sni str(a.test)`],
  });
  const client = await openRaw(t, port);
  client.send(get('/', 'x', 'Connection: Upgrade\r\nUpgrade: echo\r\n'));
  await client.expect('101 Switching');
  client.send('there and back');
  await client.expect('there and back');
  client.end();
  await client.ended();
});

forEachPath('a PROXY header goes in the clear before the handshake', async (t, start) => {
  const server = await RawServer.listen(t);
  const { port } = await start({ backend: [`server s 127.0.0.1:${server.port} ssl verify none send-proxy`] });
  const client = await openRaw(t, port);
  client.send(get('/', 'x'));
  const accepted = await server.next();
  // A ClientHello: a handshake record of TLS 1.x.
  await accepted.expect(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n\x16\x03\x01/);
});

forEachPath('mode tcp speaks TLS to its server and plain to its client', async (t, start) => {
  const authority = new Authority(t);
  const origin = await tlsOrigin(t, authority.issue(['a.test']));
  const { port, syslog } = await start({
    defaults: ['mode tcp', 'option tcplog'],
    backend: [`server s 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} sni str(a.test)`],
    frontend: ['use_backend wrong if { src 127.0.0.2 }'],
    backends: {
      wrong: [
        'retries 0',
        `server s 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} sni str(b.test)`,
      ],
    },
  });
  assert.match(await exchange(t, port, get('/', 'x', CLOSE)), /sni=a\.test$/);
  const refused = await openRaw(t, port, '127.0.0.2');
  await refused.ended();
  assert.match(await syslog.message(/ wrong\/s /), / 0 SC /);
  assert.equal(origin.seen.length, 1);
});

forEachPath('rules on responses see the TLS of the connection to the server', async (t, start) => {
  const authority = new Authority(t);
  const origin = await tlsOrigin(t, authority.issue(['a.test']), { ALPNProtocols: ['http/1.1'] });
  const words = [
    'ssl_bc',
    'ssl_bc_protocol',
    'ssl_bc_cipher',
    'ssl_bc_alpn',
    'ssl_bc_is_resumed',
    'ssl_bc_use_keysize',
    'ssl_bc_session_id,hex,length',
    'ssl_bc_session_key,hex,length',
    'ssl_bc_unique_id,hex,length',
  ];
  const { port } = await start({
    backend: [
      `http-response set-header x-tls "${words.map((word) => `%[${word}]`).join(' ')}"`,
      `server s 127.0.0.1:${origin.port} ssl verify none alpn http/1.1 max-reuse 0`,
    ],
  });
  for (const resumed of [0, 1])
    assert.match(
      await exchange(t, port, get('/', 'x', CLOSE)),
      new RegExp(`^x-tls: 1 TLSv1\\.3 TLS_AES_256_GCM_SHA384 http/1\\.1 ${resumed} 256 64 96 96\r$`, 'm'),
    );
});

forEachPath('log lines say why a handshake with a server failed', async (t, start) => {
  const authority = new Authority(t);
  const origin = await tlsOrigin(t, authority.issue(['a.test']));
  const plain = await startApp(t);
  const verified = `127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile}`;
  const other = new Authority(t);
  const { port, syslog } = await start({
    defaults: ['retries 0'],
    frontend: [
      'log-format "%HP %[bc_err] %[bc_err_str] %[ssl_bc] %[ssl_bc_err,hex] %[ssl_bc_err_str] %ts"',
      'use_backend %[path,word(1,/)]',
    ],
    backend: [`server s ${verified} verifyhost a.test`],
    backends: {
      plain: [`server s 127.0.0.1:${plain.port} ssl verify none`],
      unknown: [`server s 127.0.0.1:${origin.port} ssl verify required ca-file ${other.caFile}`],
      name: [`server s ${verified} verifyhost b.test`],
      sni: [`server s ${verified} sni str(b.test)`],
      refused: [`server s 127.0.0.1:1 ssl verify none`],
    },
  });
  const lines = {
    good: '0 Success 1 0000000000000000 - --',
    plain: '34 SSL handshake failure 1 000000000A00010B error:0A00010B:SSL routines::wrong version number SC',
    unknown: '34 SSL handshake failure 1 000000000A000086 error:0A000086:SSL routines::certificate verify failed SC',
    name: '32 Server presented an SSL certificate different from the configured one 1 000000000A000086 error:0A000086:SSL routines::certificate verify failed SC',
    sni: '33 Server presented an SSL certificate different from the expected one 1 000000000A000086 error:0A000086:SSL routines::certificate verify failed SC',
    refused: '- - 1 - - SC',
  };
  for (const [path, line] of Object.entries(lines)) {
    await exchange(t, port, get(`/${path}`, 'x', CLOSE));
    assert.ok((await syslog.message(new RegExp(`/${path} `))).endsWith(`/${path} ${line}`), line);
  }
});

forEachPath(
  'rules on responses see the certificate of the server, also where a session is resumed',
  async (t, start) => {
    const authority = new Authority(t);
    const file = authority.issue(['a.test']);
    const certificate = new X509Certificate(readFileSync(file));
    const origin = await tlsOrigin(t, file);
    const names = ['s_dn', 's_dn(CN)', 'i_dn', 'serial,hex', 'sha1,hex', 'key_alg', 'sig_alg', 'version'];
    const { port } = await start({
      backend: [
        `http-response set-header x-cert "${names.map((name) => `%[ssl_s_${name}]`).join('|')}"`,
        'http-response set-header x-der "%[ssl_s_der,base64]"',
        'http-response set-header x-times "%[ssl_s_notbefore,length] %[ssl_s_notafter,length]"',
        `server s 127.0.0.1:${origin.port} ssl verify none max-reuse 0`,
        `server t 127.0.0.1:${origin.port} ssl verify required ca-file ${authority.caFile} max-reuse 0`,
      ],
    });
    const fingerprint = certificate.fingerprint.replaceAll(':', '');
    const line = `/CN=leaf|leaf|/CN=Headgate test authority|${certificate.serialNumber}|${fingerprint}|id-ecPublicKey|ecdsa-with-SHA256|3`;
    for (const _round of [1, 2, 3, 4]) {
      const answer = await exchange(t, port, get('/', 'x', CLOSE));
      assert.equal(/^x-cert: (.*)\r$/m.exec(answer)?.[1], line);
      assert.equal(/^x-der: (.*)\r$/m.exec(answer)?.[1], certificate.raw.toString('base64'));
      assert.match(answer, /^x-times: 13 13\r$/m);
    }
  },
);
