/** HAProxy 3.2's `acme` and `crt-store` sections: Debian's pebble issues what they name, while the halves serve. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { Pebble } from '../../support/pebble.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const absent = missing('pebble', 'pebble-challtestsrv', 'openssl');

async function visit(
  t: TestContext,
  port: number,
  servername: string,
  sigalgs: string,
  ca: string,
): Promise<TLSSocket> {
  const client = connect({ port, host: '127.0.0.1', servername, sigalgs, ca, rejectUnauthorized: false });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  await once(client, 'secureConnect');
  return client;
}

scenario(
  'acme sections of a haproxy.cfg get an RSA and an EC certificate by http-01, through the rule of the file',
  async (t) => {
    if (absent !== false) return t.skip(absent);
    const dir = new TempDir(t);
    const app = await startApp(t);
    const [http, https] = [await freePort(), await freePort()];
    const pebble = await Pebble.start(t, { httpPort: http });
    const own = makeCertificates(t, ['own.test']);
    execFileSync('openssl', ['genrsa', '-out', dir.join('account.key'), '2048'], { stdio: 'pipe' });
    const acme = (name: string, ...lines: readonly string[]): string =>
      [
        `acme ${name}`,
        `directory ${pebble.directory}`,
        `account-key ${dir.join('account.key')}`,
        'contact john.doe@example.test',
        'challenge http-01',
        'map virt@acme',
        `store ${dir.join('store')}`,
        ...lines,
      ].join('\n    ');
    const file = dir.write(
      'haproxy.cfg',
      `global
    expose-experimental-directives
    ${process.geteuid?.() === 0 ? 'user nobody' : ''}
    httpclient.ssl.ca-file ${pebble.caFile}
    crt-base ${dir.path}
defaults
    mode http
    timeout client 20s
    timeout server 20s
    timeout connect 5s
crt-store
    load crt www.pem.ecdsa acme LE2 domains "www.example.test,example.test"
    load crt www.pem.rsa acme LE1 domains "www.example.test,example.test"
crt-store web
    key-base ${dir.path}
    load crt ${own.certFile} key ${own.keyFile} alias own
frontend web
    bind 127.0.0.1:${http}
    bind 127.0.0.1:${https} ssl crt "@/www.pem.ecdsa" crt www.pem.rsa crt @web/own
    http-request return status 200 content-type text/plain lf-string "%[path,field(-1,/)].%[path,field(-1,/),map(virt@acme)]\\n" if { path_beg '/.well-known/acme-challenge/' }
    http-request redirect scheme https unless { ssl_fc }
    default_backend app
backend app
    server one 127.0.0.1:${app.port}
${acme('LE1', 'keytype RSA', 'bits 2048')}
${acme('LE2', 'keytype ECDSA', 'curves P-384')}
`,
    );
    const sockets = new TempDir(t).path;
    // As systemd makes it: the router, which becomes another user, finds its way in.
    chmodSync(sockets, 0o755);
    const program = await startProgram(t, 'headgate', file, [http, https], {
      env: { RUNTIME_DIRECTORY: sockets },
    });
    const root = await pebble.root();
    const shown = async (sigalgs: string): Promise<string> => {
      // Until there is an RSA certificate, the temporary one is of no use to a client of that kind.
      const client = await visit(t, https, 'www.example.test', sigalgs, root).catch(() => undefined);
      if (client === undefined) return 'refused';
      const { bits, subjectaltname } = client.getPeerCertificate();
      client.destroy();
      return `${client.authorized} ${bits} ${subjectaltname}`;
    };
    const names = 'DNS:www.example.test, DNS:example.test';
    await until(
      'the EC certificate',
      async () => (await shown('ecdsa_secp384r1_sha384:RSA-PSS+SHA256')) === `true 384 ${names}`,
      30_000,
    );
    await until('the RSA certificate', async () => (await shown('RSA-PSS+SHA256')) === `true 2048 ${names}`, 30_000);
    const other = await visit(t, https, 'own.test', 'ECDSA+SHA256', root);
    assert.equal(other.getPeerCertificate().subject.CN, 'own.test');
    // One account, whose key is read and never written.
    assert.equal(readdirSync(dir.join('store/accounts')).length, 1);
    const kept = readdirSync(dir.join('store/certificates')).filter((name) => name.endsWith('.pem'));
    assert.deepEqual(kept.toSorted(), ['www.example.test.pem', 'www.example.test.rsa.pem']);
    // Between challenges the terminator answers nothing, and the rules after that one mean what they meant.
    assert.equal((await request(`http://127.0.0.1:${http}/.well-known/acme-challenge/x`)).status, 404);
    assert.equal((await request(`http://127.0.0.1:${http}/x`)).status, 302);
    assert.match(program.output, /ACME certificate for www\.example\.test: obtained/);
  },
);
