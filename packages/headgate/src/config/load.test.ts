import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import { Reads } from '@headgate/shared/process/reads';
import { AUTHORITY, OpenSsl, SERVER } from '../../../tls-terminator/src/certificate/fixtures/openssl.ts';
import type { Both } from '../model/both.ts';
import { loadBoth } from './load.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const server = openssl.issue({ name: 'a.test', by: authority, extensions: SERVER('DNS:a.test') });
const PEM = openssl.write('server.pem', server.key + server.cert + authority.cert);
const CA = openssl.write('ca.pem', authority.cert);
const START = 'defaults\n mode http\n timeout client 10s\n timeout server 10s\n timeout connect 1s\n';

interface Result {
  readonly both: Both | undefined;
  readonly problems: readonly string[];
}

async function load(text: string, ...more: readonly string[]): Promise<Result> {
  const file = openssl.write('haproxy.cfg', text);
  const { snapshot, problems } = await loadBoth([file, ...more], new Reads());
  return { both: snapshot, problems: problems.map((problem) => formatProblem(problem).replace(file, 'F')) };
}

/** The service that a bind of the frontend `web` becomes. */
async function service(bind: string, global = ''): Promise<NonNullable<Both['terminator']>['services'][number]> {
  const { both, problems } = await load(`global\n${global}\n${START}frontend web\n bind ${bind}\n http-request deny\n`);
  const [first] = both?.terminator?.services ?? [];
  assert.ok(first, problems.join('\n'));
  return first;
}

async function refusal(bind: string, global = ''): Promise<readonly string[]> {
  const { both, problems } = await load(`global\n${global}\n${START}frontend web\n bind ${bind}\n http-request deny\n`);
  assert.equal(both, undefined);
  return problems.filter((text) => !text.includes('warning:'));
}

describe('bind … ssl', () => {
  it('becomes a service of the terminator in front of a private socket of the router', async () => {
    const { both, problems } = await load(
      `${START}frontend web\n bind :80\n bind :443 ssl crt ${PEM}\n http-request deny\n`,
    );
    assert.deepEqual(
      problems.filter((text) => !text.includes('warning:')),
      [],
    );
    const [web] = both?.router.frontends ?? [];
    const [plain, secure] = web?.binds ?? [];
    assert.deepEqual(plain?.address, { kind: 'tcp', host: '0.0.0.0', port: 80, v6only: false });
    assert.equal(plain.terminated, false);
    assert.ok(secure);
    assert.equal(secure.address.kind === 'unix' && secure.address.mode, 0o600);
    assert.equal(secure.terminated, true);
    const [https] = both?.terminator?.services ?? [];
    assert.equal(https?.name, 'web/2');
    assert.deepEqual(
      https.accepts.map(({ at: _at, ...accept }) => accept),
      [{ kind: 'tcp', host: '0.0.0.0', port: 443 }],
    );
    assert.equal(https.proxyProtocol, 2);
    const [connect] = https.connects;
    assert.equal(connect?.kind === 'unix' && connect.path, secure.address.kind === 'unix' && secure.address.path);
    assert.deepEqual(https.timeouts, { busy: 10_000, connect: 10_000, idle: 0, close: 60_000 });
  });

  it('has its words checked where there is none, too', async () => {
    const { both, problems } = await load(
      `global\n ssl-default-bind-options ssl-min-ver TLSv9\n${START}frontend web\n bind :80\n http-request deny\n`,
    );
    assert.equal(both, undefined);
    assert.deepEqual(problems, ["F:2:39: 'TLSv9' is not a TLS version"]);
  });

  it('knows no numbers for the verification of clients, which stunnel has', async () => {
    const wrong = await refusal(`:443 ssl crt ${PEM} ca-file ${CA} verify 0`);
    assert.match(wrong.join('\n'), /unknown verification '0': expected one of none, optional, required/);
    assert.match(
      (await refusal(`:443 ssl crt ${PEM} ca-file ${CA} verify optional crt-ignore-err 0`)).join('\n'),
      /'0' is no verification error/,
    );
  });

  it('is served by one process where there is none', async () => {
    const { both } = await load(`${START}frontend web\n bind :80\n http-request deny\n`);
    assert.equal(both?.terminator, undefined);
  });

  it('has every address of its line', async () => {
    const { accepts, maxConnections, acceptProxy } = await service(
      `:443,[::]:444,10.0.0.1:8000-8001 v6only ssl crt ${PEM} maxconn 7 accept-proxy`,
    );
    assert.deepEqual(
      accepts.map((accept) => accept.kind === 'tcp' && `${accept.host} ${accept.port}`),
      ['0.0.0.0 443', ':: 444', '10.0.0.1 8000', '10.0.0.1 8001'],
    );
    assert.equal(
      accepts.every((accept) => accept.kind === 'tcp' && accept.v6only),
      true,
    );
    // The router keeps its maxconn: it lets those above it wait.
    assert.deepEqual([maxConnections, acceptProxy], [0, true]);
  });

  it('asks for certificates of clients', async () => {
    const { tls } = await service(`:443 ssl crt ${PEM} verify optional ca-file ${CA} crt-ignore-err all`);
    assert.deepEqual(
      [tls?.verification.request, tls?.verification.require, tls?.verification.chain, tls?.verification.ignored],
      [true, false, true, 'all'],
    );
  });

  it('goes on with ssl-default-bind-… where it says nothing', async () => {
    const global =
      ' ssl-default-bind-options ssl-min-ver TLSv1.3 strict-sni\n ssl-default-bind-ciphersuites TLS_AES_256_GCM_SHA384\n';
    const own = await service(`:443 ssl crt ${PEM}`, global);
    assert.equal(own.tls?.secureContext.minVersion, 'TLSv1.3');
    assert.match(own.tls.secureContext.ciphers ?? '', /^TLS_AES_256_GCM_SHA384:/);
    assert.equal(own.tls.names?.strict, true);
    const other = await service(`:443 ssl crt ${PEM} ssl-min-ver TLSv1.2 ciphersuites TLS_AES_128_GCM_SHA256`, global);
    assert.equal(other.tls?.secureContext.minVersion, 'TLSv1.2');
    assert.match(other.tls.secureContext.ciphers ?? '', /^TLS_AES_128_GCM_SHA256:/);
  });

  it('finds relative names in crt-base and ca-base', async () => {
    const { tls } = await service(
      ':443 ssl crt server.pem verify required ca-file ca.pem',
      ` crt-base ${openssl.directory}\n ca-base ${openssl.directory}\n`,
    );
    assert.equal(tls?.certificate?.file, join(openssl.directory, 'server.pem'));
    assert.equal(tls.secureContext.ca?.length, 1);
  });

  it('offers h2 in mode tcp alone', async () => {
    assert.deepEqual((await service(`:443 ssl crt ${PEM} alpn h2,http/1.1`)).tls?.alpn, ['http/1.1']);
    assert.deepEqual((await service(`:443 ssl crt ${PEM} alpn h2`)).tls?.alpn, []);
    const { both } = await load(
      `${START.replace('http', 'tcp')}listen web\n bind :443 ssl crt ${PEM} alpn h2,http/1.1\n server s 127.0.0.1:1\n`,
    );
    assert.deepEqual(both?.terminator?.services[0]?.tls?.alpn, ['h2', 'http/1.1']);
  });

  it('reads a stunnel.conf beside it', async () => {
    const stunnel = openssl.write('stunnel.conf', `[mail]\naccept = 127.0.0.1:465\nconnect = 25\ncert = ${PEM}\n`);
    const { both } = await load(`${START}frontend web\n bind :443 ssl crt ${PEM}\n http-request deny\n`, stunnel);
    assert.deepEqual(
      both?.terminator?.services.map(({ name }) => name),
      ['mail', 'web/1'],
    );
  });
});

describe('bind … ssl refuses', () => {
  const cases: readonly (readonly [title: string, bind: string, message: RegExp])[] = [
    ['no certificate', ':443 ssl', /F:\d+:\d+: 'bind … ssl' has no certificate: it needs 'crt' or 'crt-list'/],
    [
      'a certificate that does not exist',
      ':443 ssl crt /nowhere.pem',
      /\/nowhere\.pem: there is no certificate of that name/,
    ],
    ['verify without authorities', `:443 ssl crt ${PEM} verify required`, /'verify required' needs 'ca-file'/],
    ['a version that is none', `:443 ssl crt ${PEM} ssl-min-ver TLSv1`, /'TLSv1' is not a TLS version/],
    ['no version at all', `:443 ssl crt ${PEM} no-tlsv12 no-tlsv13`, /no TLS version is left/],
    [
      'certificates made on demand',
      `:443 ssl crt ${PEM} generate-certificates`,
      /not supported: 'bind … generate-certificates' \(/,
    ],
    [
      'an unknown word',
      `:443 ssl crt ${PEM} crtlist x`,
      /unknown parameter 'crtlist' of 'bind'; did you mean 'crt-list'\?/,
    ],
    ['a word without its value', ':443 ssl crt', /'bind :443 ssl crt' needs a value/],
    ['an address that two binds have', `:443,:443 ssl crt ${PEM}`, /0\.0\.0\.0:443 is already accepted on/],
  ];
  for (const [title, bind, message] of cases)
    it(title, async () => assert.match((await refusal(bind)).join('\n'), message));

  it('expect-proxy, which comes before TLS', async () => {
    const { both, problems } = await load(
      `${START}frontend web\n bind :443 ssl crt ${PEM}\n tcp-request connection expect-proxy layer4\n http-request deny\n`,
    );
    assert.equal(both, undefined);
    assert.match(problems.join('\n'), /F:8:\d+: 'expect-proxy' cannot be decided before TLS/);
  });

  it('a certificate that does not exist beside mistakes of the router', async () => {
    const { both, problems } = await load(
      `${START}frontend web\n bind :443 ssl crt /nowhere.pem\n bind :444 ssl\n balanc x\n default_backend nine\n`,
    );
    assert.equal(both, undefined);
    const said = problems.join('\n');
    for (const each of [
      /nowhere\.pem: there is no certificate/,
      /no certificate: it needs 'crt'/,
      /'balanc'/,
      /'nine'/,
    ])
      assert.match(said, each);
  });

  it('an option of ssl-default-bind-options that is none', async () => {
    const said = await refusal(`:443 ssl crt ${PEM}`, ' ssl-default-bind-options no-sslv4\n');
    assert.match(
      said.join('\n'),
      /'no-sslv4' is not an option of 'ssl-default-bind-options'; did you mean 'no-sslv3'\?/,
    );
  });

  it('and warns of a certificate on a plain bind, as HAProxy does', async () => {
    const { both, problems } = await load(`${START}frontend web\n bind :443 crt ${PEM}\n http-request deny\n`);
    assert.equal(both?.terminator, undefined);
    assert.match(problems.join('\n'), /warning: 'crt' has no effect without 'ssl'/);
  });
});

describe('files', () => {
  it("whose services have names with blanks are the terminator's", async () => {
    const conf = openssl.write(
      'two words.conf',
      `[two words]\r\naccept = 127.0.0.1:8443\r\nconnect = 8080\r\ncert = ${PEM}\r\n`,
    );
    const { both, problems } = await load(`${START}frontend web\n bind :80\n http-request deny\n`, conf);
    assert.equal(both?.terminator?.services[0]?.name, 'two words', problems.join('\n'));
  });

  it('of the terminator alone are answered with the program to start', async () => {
    const conf = openssl.write('stunnel.conf', '[https]\naccept = 8443\nconnect = 8080\n');
    const { problems } = await loadBoth([conf], new Reads());
    assert.match(
      problems.map(formatProblem).join(),
      /stunnel\.conf:1:1: .*start the terminator by itself, 'headgate-terminator -f /,
    );
  });
});
