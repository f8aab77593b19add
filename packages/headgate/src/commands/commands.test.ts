import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Reads } from '@headgate/shared/process/reads';
import { loadConfig as loadRouter } from '../../../router/src/config/load.ts';
import { OpenSsl, SERVER } from '../../../tls-terminator/src/certificate/fixtures/openssl.ts';
import { loadConfig as loadTerminator } from '../../../tls-terminator/src/config/load.ts';
import { loadBoth } from '../config/load.ts';
import { commands } from './commands.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const server = openssl.issue({ name: 'a.test', extensions: SERVER('DNS:a.test,DNS:*.b.test') });
const PEM = openssl.write('server.pem', server.key + server.cert);
const CFG = openssl.write(
  'haproxy.cfg',
  `global
    crt-base ${openssl.directory}
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 1s
frontend web
    bind :80
    bind :443 name secure ssl crt server.pem alpn h2,http/1.1 maxconn 100
    bind [::]:443 v6only ssl crt server.pem strict-sni
    http-request redirect scheme https unless { ssl_fc }
    http-request deny if { fc_src 10.0.0.1 }
    http-request return status 204
`,
);

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(name: string, ...args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = (await commands[name]?.run(args, io)) ?? -1;
  return { code, out, err };
}

/** What of a configuration does not depend on where it was written. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'at' ? undefined : part)));
}

describe('headgate import', () => {
  it('prints one file for both halves, which means the same', async () => {
    const { code, out } = await run('import', CFG);
    assert.equal(code, 0);
    const yaml = openssl.write('headgate.yaml', out);
    const [before, now] = [await loadBoth([CFG], new Reads()), await loadBoth([yaml], new Reads())];
    assert.deepEqual(plain(now.snapshot?.terminator?.services), plain(before.snapshot?.terminator?.services));
    assert.deepEqual(
      plain(now.snapshot?.router.frontends.map(({ binds }) => binds)),
      plain(before.snapshot?.router.frontends.map(({ binds }) => binds)),
    );
  });

  it('writes a file for each half, and the two meet at the same sockets', async () => {
    const folder = join(openssl.directory, 'out');
    const { code, err } = await run('import', CFG, '--out', folder, '--sockets', '/run/x');
    assert.equal(code, 0, err);
    const router = await loadRouter([join(folder, 'router.yaml')]);
    const terminator = await loadTerminator([join(folder, 'tls-terminator.yaml')]);
    const binds = router.snapshot?.frontends[0]?.binds ?? [];
    assert.deepEqual(
      binds.map(({ address, terminated }) => [address.kind, terminated]),
      [
        ['tcp', false],
        ['unix', true],
        ['unix', true],
      ],
    );
    assert.deepEqual(
      terminator.snapshot?.services.map(({ connects }) => connects[0]?.kind === 'unix' && connects[0].path),
      binds.slice(1).map(({ address }) => address.kind === 'unix' && address.path),
    );
    assert.deepEqual(
      terminator.snapshot?.services.map(({ tls }) => tls?.names?.strict),
      [false, true],
    );
    assert.match(readFileSync(join(folder, 'router.yaml'), 'utf8'), /\/run\/x\/web-\w+\.sock terminated mode 600/);
    assert.doesNotMatch(readFileSync(join(folder, 'router.yaml'), 'utf8'), /ssl-default|crt/);
    const again = await run('import', CFG, '--out', folder);
    assert.deepEqual([again.code, /exists already: nothing is written/.test(again.err)], [1, true]);
  });

  it('writes one file where nothing asks for TLS', async () => {
    const cfg = openssl.write('plain.cfg', 'frontend web\n mode http\n bind :80\n http-request return status 204\n');
    const folder = join(openssl.directory, 'plain');
    assert.equal((await run('import', cfg, '--out', folder)).code, 0);
    assert.deepEqual(
      [existsSync(join(folder, 'router.yaml')), existsSync(join(folder, 'tls-terminator.yaml'))],
      [true, false],
    );
  });

  it('turns a stunnel.conf into YAML', async () => {
    const conf = openssl.write('stunnel.conf', `[s]\naccept = 1\nconnect = 2\ncert = ${PEM}\n`);
    const { code, out } = await run('import', conf);
    assert.deepEqual([code, /^services:$/m.test(out)], [0, true]);
  });

  it('is told apart from its halves by its messages', async () => {
    assert.match((await run('import')).err, /^headgate: expected one file\nusage: headgate import /);
    assert.match((await run('ctl', '--help')).out, /^usage: headgate ctl /);
    assert.match((await run('cert', '--help')).out, /^usage: headgate cert /);
  });
});

describe('headgate explain', () => {
  it('names the certificate that a client gets, and then the rules', async () => {
    const { code, out } = await run('explain', '-f', CFG, 'https://x.b.test/');
    assert.equal(code, 0);
    assert.match(
      out,
      /^service web\/secure \(.*haproxy\.cfg:11\) accepts on 0\.0\.0\.0:443\ncertificate {2}CN=a\.test of .*server\.pem, valid until \d{4}-\d\d-\d\d\n=> frontend web\n/,
    );
    assert.match(out, /passed over {2}.* http-request redirect[^]*=> 204/);
  });

  it('says which client is refused in the handshake', async () => {
    const { out } = await run('explain', '-f', CFG, 'https://other.test/');
    assert.match(out, /accepts on 0\.0\.0\.0:443\ncertificate {2}CN=a\.test of .*, for every other name\n/);
    assert.match(out, /accepts on \[::\]:443\n=> refused in the handshake: no certificate is for 'other\.test'\n/);
  });

  it('takes the client of a bind … ssl for the peer', async () => {
    const { out } = await run('explain', '-f', CFG, '--src', '10.0.0.1', 'https://a.test/');
    assert.match(out, /fc_src 10\.0\.0\.1[^]*=> 403/);
  });

  it('has nothing of TLS to say of a plain request', async () => {
    const { out } = await run('explain', '-f', CFG, 'http://a.test/');
    assert.match(out, /^frontend web[^]*=> 302/);
  });
});

describe('a file for both halves', () => {
  const both = `router:
  frontends:
    web:
      bind: 127.0.0.1:8080
      rules: [http-request return status 204]
terminator:
  services:
    https: { accept: 8443, connect: 8080, cert: ${PEM} }
`;

  it('is read by headgate, and by each half alone', async () => {
    const file = openssl.write('both.yaml', both);
    const { snapshot, problems } = await loadBoth([file], new Reads());
    assert.ok(snapshot, JSON.stringify(problems));
    assert.deepEqual(
      [snapshot.router.frontends.length, snapshot.terminator?.services.map(({ name }) => name)],
      [1, ['https']],
    );
    assert.equal((await loadRouter([file])).snapshot?.frontends.length, 1);
    assert.equal((await loadTerminator([file])).snapshot?.services.length, 1);
  });

  it('reports a mistake where it is', async () => {
    const file = openssl.write('wrong.yaml', both.replace('accept:', 'acept:'));
    const { problems } = await loadBoth([file], new Reads());
    assert.ok(
      problems.some(({ at, message }) => at.line === 8 && message.includes("'acept'")),
      JSON.stringify(problems),
    );
  });
});
