import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Command } from '@headgate/shared/process/product';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { loadConfig } from '../config/load.ts';
import { commands } from './commands.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const { key, cert } = openssl.issue({ name: 'dev', extensions: SERVER('DNS:dev') });
const KEY = openssl.write('cert.key', key.trimEnd());
const CERT = openssl.write('cert.pem', cert);
const PEM = openssl.write('cert.key_pem', key + cert);

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(name: keyof typeof commands, ...args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const command: Command = commands[name];
  const code = await command.run(args, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

describe('cert', () => {
  it('dev makes a certificate and says how to trust it', async () => {
    const directory = join(openssl.directory, 'dev');
    const { code, out } = await run('cert', 'dev', '--dir', directory, '--name', 'dev-a', '--name', 'dev-b');
    assert.equal(code, 0);
    assert.match(out, /^made .*cert\.key_pem for dev-a, dev-b\n[^]*curl --cacert .*ca\.pem/);
    assert.match((await run('cert', 'dev', '--dir', directory, '--name', 'dev-a')).out, /^still good:/);
  });

  it('dev refuses what is no name', async () => {
    assert.deepEqual(await run('cert', 'dev', '--dir', openssl.directory, '--name', 'a b'), {
      code: 1,
      out: '',
      err: "headgate-terminator: 'a b' is neither a host name nor an address\n",
    });
  });

  it('bundle puts files together that a plain cat would break', async () => {
    const out = join(openssl.directory, 'bundle.pem');
    assert.equal((await run('cert', 'bundle', '--out', out, CERT, KEY)).code, 0);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.match(
      readFileSync(out, 'utf8'),
      /^-----BEGIN PRIVATE KEY-----[^]+-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----\n$/,
    );
  });

  it('bundle writes nothing when something is missing', async () => {
    const out = join(openssl.directory, 'nothing.pem');
    const { code, err } = await run('cert', 'bundle', '--out', out, CERT);
    assert.equal(code, 1);
    assert.match(err, /no private key in this file/);
    assert.throws(() => statSync(out), { code: 'ENOENT' });
  });

  it('bundle says in plain words where it cannot write', async () => {
    const nowhere = join(openssl.directory, 'no', 'such', 'out.pem');
    assert.deepEqual(await run('cert', 'bundle', '--out', nowhere, CERT, KEY), {
      code: 1,
      out: '',
      err: `headgate-terminator: ${nowhere} cannot be written: its directory does not exist\n`,
    });
    const { err } = await run('cert', 'bundle', '--out', openssl.directory, CERT, KEY);
    assert.equal(err, `headgate-terminator: ${openssl.directory} cannot be written: it is a directory\n`);
  });

  it('inspect says what a file holds', async () => {
    const { code, out, err } = await run('cert', 'inspect', PEM);
    assert.equal(code, 0, err);
    assert.match(out, /^certificate {2}CN=dev\nfor {10}dev\nissued by {4}itself\n/);
    assert.match(out, /\nkey {10}EC P-256, belongs to the certificate\nsigned with {2}ecdsa-with-SHA256\n/);
  });

  it('inspect shows what it can of a certificate that cannot be used', async () => {
    const certificate = openssl.write('public.pem', openssl.run(['x509', '-in', PEM]));
    const keyless = await run('cert', 'inspect', certificate);
    assert.equal(keyless.code, 1);
    assert.match(keyless.err, /no private key in this file/);
    assert.match(keyless.out, /^certificate {2}CN=dev\n[^]*\nkey {10}EC P-256, the private key is not here\n/);
  });

  it('from-pkcs12 writes PEM', async () => {
    const file = openssl.write('a.p12', openssl.run(['pkcs12', '-export', '-in', PEM, '-passout', 'pass:secret']));
    const pass = openssl.write('pass', 'secret\n');
    const out = join(openssl.directory, 'from.pem');
    assert.equal((await run('cert', 'from-pkcs12', '--out', out, '--pass-file', pass, file)).code, 0);
    assert.equal((await run('cert', 'inspect', out)).code, 0);
  });

  for (const args of [
    [],
    ['inspct'],
    ['inspect'],
    ['inspect', 'a', 'b'],
    ['bundle', 'a'],
    ['dev', '--nme', 'x'],
    ['from-pkcs12', '--out', 'x', 'a.pem'],
  ]) {
    it(`answers wrong usage with 2: cert ${args.join(' ')}`, async () => {
      const { code, out, err } = await run('cert', ...args);
      assert.deepEqual([code, out, err === ''], [2, '', false]);
    });
  }

  for (const args of [
    ['--help'],
    ['dev', '--help'],
    ['bundle', '-h'],
    ['inspect', '--help'],
    ['from-pkcs12', '--help'],
  ]) {
    it(`tells how it is called: cert ${args.join(' ')}`, async () => {
      const { code, out, err } = await run('cert', ...args);
      assert.deepEqual([code, err], [0, '']);
      assert.match(
        out,
        new RegExp(`^usage: headgate-terminator cert ${args[0]?.startsWith('-') ? 'COMMAND' : args[0]}.*\\n.+\\n`),
      );
    });
  }

  it('says of an unknown option no more than that', async () => {
    assert.match(
      (await run('cert', 'inspect', '--frob')).err,
      /^headgate-terminator: unknown option '--frob'\nusage: /,
    );
  });

  it('suggests the command that was meant', async () => {
    assert.match((await run('cert', 'inspct')).err, /there is no 'cert inspct'; did you mean 'inspect'\?/);
  });
});

describe('import', () => {
  it('turns a stunnel.conf into YAML that means the same', async () => {
    const text = `debug = 7\ncert = ${PEM}\n[my service]\nACCEPT = :::8443\naccept = 127.0.0.1:8444\nconnect = 80\nprotocol = proxy\nTIMEOUTidle = 10\n[b]\naccept = /run/x.sock\nconnect = a.test:80\n`;
    const conf = openssl.write('stunnel.conf', text);
    const { code, out, err } = await run('import', conf);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /connect: 80 {2}# localhost is 127\.0\.0\.1, then ::1; stunnel tries ::1 first\n/);
    const services = async (file: string): Promise<unknown> =>
      JSON.parse(
        JSON.stringify((await loadConfig([file])).snapshot?.services, (name, value: unknown) =>
          name === 'at' ? undefined : value,
        ),
      );
    assert.deepEqual(await services(openssl.write('imported.yaml', out)), await services(conf));
  });

  it('leaves what is not supported as a comment and says so', async () => {
    const conf = openssl.write('more.conf', '[s]\naccept = 1\nconnect = 2\nident = root\n');
    const { code, out, err } = await run('import', conf);
    assert.equal(code, 1);
    assert.match(out, /\n {4}# .*more\.conf:4:1: 'ident' is not supported: .*\n {4}# ident: root\n$/);
    assert.match(err, /options that are not supported/);
  });

  it('tells how it is called', async () => {
    assert.deepEqual(await run('import', '--help'), {
      code: 0,
      out:
        'usage: headgate-terminator import stunnel.conf\n' +
        'print a stunnel.conf as YAML, with a comment where something means something else here\n',
      err: '',
    });
  });

  it('prints nothing for a file it cannot read', async () => {
    const { code, out, err } = await run('import', '/nowhere/stunnel.conf');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /cannot be read: no such file/);
  });
});

describe('inspect', () => {
  const [RSA, EC] = ['rsa', 'ecdsa'].map((kind) => {
    const made = openssl.issue({
      name: 'both.test',
      extensions: SERVER('DNS:both.test'),
      ...(kind === 'rsa' ? { algorithm: ['rsa:2048'] } : {}),
    });
    return openssl.write(`both.pem.${kind}`, made.key + made.cert);
  });
  // Where the fixture writes what it makes.
  openssl.write('cert.pem', cert);
  const BOTH = RSA?.replace(/\.rsa$/, '') ?? '';
  const LIST = openssl.write(
    'inspect.list',
    `${BOTH}\n${PEM} [verify required ca-file ${CERT} ssl-min-ver TLSv1.3] dev\n`,
  );
  const CONF = openssl.write(
    'inspect.conf',
    `[web]\naccept = 1\nconnect = 2\ncrtList = ${LIST}\nalpn = http/1.1\nmaxPerAddress = 1\n[plain]\nclient = yes\naccept = 3\nconnect = 4\nverifyChain = yes\nCAfile = ${CERT}\ncheckHost = a\n`,
  );

  it('says what each kind of client would get, by real handshakes', async () => {
    const { code, out, err } = await run('inspect', '-f', CONF);
    assert.deepEqual([code, err], [0, '']);
    const line = (client: string, part: number): string =>
      (
        out
          .split(/^service /m)
          [part]?.split('\n')
          .find((each) => each.includes(client)) ?? ''
      ).replaceAll(/ {2,}/g, ' ');
    assert.match(out, /^service web: both\.test\n/);
    assert.match(
      line('modern browser', 1),
      / TLSv1\.3 TLS_AES_128_GCM_SHA256 X25519MLKEM768 http\/1\.1 EC256 .*ecdsa$/,
    );
    assert.match(line('without a server name', 1), / TLSv1\.3 .* EC256 /);
    assert.match(line('RSA only', 1), / TLSv1\.3 .* RSA2048 .*both\.pem\.rsa$/);
    assert.match(line('Java 8', 1), / TLSv1\.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 prime256v1 - EC256 /);
    assert.match(line('Java 7', 1), / refused: no TLS version in common/);
    assert.match(out, /^service web: dev; a certificate of the client is required$/m);
    assert.match(line('Java 8', 2), / refused: no TLS version in common/);
  });

  it('asks for the names that are given, at the service that is named, also as JSON', async () => {
    const { out } = await run('inspect', '-f', CONF, '--service', 'web', '--json', 'both.test', 'unknown.test');
    const found = JSON.parse(out) as { names: string[]; outcomes: { file: string; refused?: string }[] }[];
    assert.deepEqual(
      found.map(({ names, outcomes: [first] }) => [names, first?.file === EC]),
      [
        [['both.test'], true],
        [['unknown.test'], true],
      ],
    );
  });

  it('says what is demanded of clients for a name that a wildcard is for', async () => {
    const list = openssl.write('wildcard.list', `${PEM} [verify required ca-file ${CERT}] *.wild.test\n`);
    const conf = openssl.write('wildcard.conf', `[web]\naccept = 1\nconnect = 2\ncrtList = ${list}\n`);
    for (const name of ['a.wild.test', 'A.Wild.Test', '*.wild.test']) {
      const { out } = await run('inspect', '-f', conf, name);
      assert.match(out, /; a certificate of the client is required\n/, name);
    }
  });

  it('does not connect to the responders of certificates', async (t) => {
    const responder = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    t.after(() => responder.close());
    await once(responder, 'listening');
    const asked: unknown[] = [];
    responder.on('connection', () => asked.push(undefined));
    const { port } = responder.address() as AddressInfo;
    const own = openssl.issue({
      name: 'status.test',
      extensions: [...SERVER('DNS:status.test'), `authorityInfoAccess=OCSP;URI:http://127.0.0.1:${port}/`],
    });
    const file = openssl.write('status.pem', own.key + own.cert);
    const service = `accept = 1\nconnect = 2\nocspUpdate = yes\ncert = ${file}\n`;
    const { out } = await run('inspect', '-f', openssl.write('status.conf', `[web]\n${service}`));
    assert.match(out, /modern browser.*TLSv1\.3/);
    assert.deepEqual(asked, []);
  });

  it('refuses what is not there', async () => {
    assert.match((await run('inspect', '-f', CONF, '--service', 'wab')).err, /there is no service 'wab'/);
    const wrong = openssl.write('wrong.conf', '[web]\naccept = 1\nconnect = 2\n');
    const { code, err } = await run('inspect', '-f', wrong);
    assert.equal(code, 1);
    assert.match(err, /service 'web' has no certificate/);
  });
});
