import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import type { Loaded } from '@headgate/shared/process/product';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { loadConfig } from './load.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const KEY = openssl.write('eab', 'c2VjcmV0\n');
const CA = openssl.write('ca.pem', openssl.issue({ name: 'ca' }).cert);
let count = 0;

async function load(text: string, ending = 'conf'): Promise<Loaded<Snapshot>> {
  const file = openssl.write(`acme${(count += 1)}.${ending}`, text.replaceAll('STORE', `${openssl.directory}/store`));
  return loadConfig([file]);
}

const inService = (lines: string): Promise<Loaded<Snapshot>> =>
  load(`acmeStore = STORE\n[s]\naccept = 127.0.0.1:0\nconnect = 80\n${lines}\n`);

function errorsOf({ problems }: Loaded<Snapshot>): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.map((problem) => formatProblem(problem).replaceAll(`${openssl.directory}/`, '')).join('\n');
}

function certificatesOf(loaded: Loaded<Snapshot>): readonly AcmeCertificate[] {
  assert.ok(loaded.snapshot, errorsOf(loaded));
  return loaded.snapshot.acme.certificates;
}

describe('certificates from an authority', () => {
  it('one line is enough', async () => {
    const loaded = await inService('acmeNames = www.example.com example.com');
    const [only] = certificatesOf(loaded);
    assert.deepEqual(only?.names, ['www.example.com', 'example.com']);
    assert.equal(only.challenge, 'tls-alpn-01');
    assert.equal(only.directory, 'https://acme-v02.api.letsencrypt.org/directory');
    assert.equal(only.file, `${openssl.directory}/store/certificates/www.example.com.pem`);
    const { certificate, names } = loaded.snapshot?.services[0]?.tls ?? {};
    assert.match(certificate?.subject ?? '', /temporary/);
    assert.deepEqual([...(names?.exact.keys() ?? [])], ['www.example.com', 'example.com']);
  });

  it('certificates of one service have settings of their own', async () => {
    const conf = certificatesOf(
      await inService(
        'acmeContact = a@example.com\nacmeNames = a.example.com\nacmeNames = [acmeKey rsa-2048 acmeContact b@example.com] a.example.com b.example.com',
      ),
    );
    assert.deepEqual(
      conf.map(({ names, key, contact }) => [names, key, contact]),
      [
        [['a.example.com'], 'ec-256', ['mailto:a@example.com']],
        [['a.example.com', 'b.example.com'], 'rsa-2048', ['mailto:b@example.com']],
      ],
    );
    const yaml = await load(
      `services: { s: { accept: "127.0.0.1:0", connect: 80, acme: [{ names: a.example.com, contact: a@example.com, store: STORE }, { names: [a.example.com, b.example.com], key: rsa-2048, contact: [b@example.com], store: STORE, external: { id: kid, key: ${KEY} } }] } }`,
      'yaml',
    );
    assert.deepEqual(
      certificatesOf(yaml).map(({ names, key, contact, external }) => [names, key, contact, external?.id]),
      conf.map(({ names, key, contact }, index) => [names, key, contact, index === 0 ? undefined : 'kid']),
    );
    const mistyped = await inService('acmeNames = [acmeKay rsa-2048] a.example.com');
    assert.match(errorsOf(mistyped), /'acmeKay' is no option of one certificate; did you mean 'acmeKey'/);
  });

  for (const [key, value] of [
    ['store', '/srv/my store'],
    ['dns', '/usr/bin/set record'],
    ['http', '[::1]:8080'],
  ] as const)
    it(`a space or a bracket in '${key}' of one certificate among several is refused, not changed`, async () => {
      const yaml = await load(
        `services: { s: { accept: "127.0.0.1:0", connect: 80, acme: [{ names: a.example.com, ${key}: "${value}" }] } }`,
        'yaml',
      );
      assert.match(errorsOf(yaml), /of one certificate takes a word without spaces and brackets/);
    });

  it('the key of an account is read from its file', async () => {
    const key = openssl.write('account.key', openssl.issue({ name: 'account' }).key);
    const [only] = certificatesOf(await inService(`acmeNames = a.example.com\nacmeAccountKey = ${key}`));
    assert.match(only?.accountKey ?? '', /PRIVATE KEY/);
    const wrong = await inService(`acmeNames = a.example.com\nacmeAccountKey = ${CA}`);
    assert.match(errorsOf(wrong), /acmeAccountKey: ca\.pem holds no private key of EC P-256, EC P-384 or RSA in PEM/);
  });

  it('the mapping of YAML and the options of stunnel.conf say the same', async () => {
    const yaml = await load(
      `services:
  s:
    accept: 127.0.0.1:0
    connect: 80
    acme:
      directory: letsencrypt-staging
      contact: [a@example.com, "mailto:b@example.com"]
      names: [[example.com, WWW.Example.com], ["*.example.org"]]
      challenge: dns-01
      dns: /bin/true
      dnsWait: 5s
      profile: shortlived
      key: rsa-3072
      external: { id: kid-1, key: ${KEY} }
      store: STORE
      ca: ${CA}
      renew: 50
`,
      'yaml',
    );
    const conf = await inService(
      `acme = letsencrypt-staging\nacmeContact = a@example.com\nacmeContact = b@example.com\nacmeNames = example.com, www.example.com
acmeNames = *.example.org\nacmeChallenge = dns-01\nacmeDns = /bin/true\nacmeDnsWait = 5\nacmeProfile = shortlived\nacmeKey = rsa-3072
acmeExternal = kid-1 ${KEY}\nacmeCA = ${CA}\nacmeRenew = 50`,
    );
    const placeless = (all: readonly AcmeCertificate[]): unknown => all.map((each) => ({ ...each, at: undefined }));
    assert.deepEqual(placeless(certificatesOf(yaml)), placeless(certificatesOf(conf)));
    const [, wildcard] = certificatesOf(conf);
    assert.equal(wildcard?.file, `${openssl.directory}/store/certificates/wildcard_.example.org.rsa.pem`);
    assert.deepEqual(wildcard.external, { id: 'kid-1', key: Buffer.from('secret') });
    assert.equal(wildcard.renewAfter, 0.5);
  });

  it('what the authority issued is served after the next start', async () => {
    const { key, cert } = openssl.issue({ name: 'kept.test', extensions: SERVER('DNS:kept.test') });
    mkdirSync(`${openssl.directory}/store/certificates`, { recursive: true });
    openssl.write('store/certificates/kept.test.pem', key + cert);
    const loaded = await inService('acmeNames = kept.test');
    assert.deepEqual(
      loaded.problems.map(({ message }) => message).filter((text) => text.includes('temporary')),
      [],
    );
    assert.equal(loaded.snapshot?.services[0]?.tls?.certificate?.subject, 'CN=kept.test');
  });

  it('a file that is damaged is no reason not to start', async () => {
    openssl.write('store/certificates/broken.test.pem', '-----BEGIN CERTIFICATE-----\n');
    const loaded = await inService('acmeNames = broken.test');
    assert.match(loaded.snapshot?.services[0]?.tls?.certificate?.subject ?? '', /temporary/);
  });

  it('services may share one certificate', async () => {
    const both = '[a]\naccept = 127.0.0.1:0\nconnect = 80\n[b]\naccept = 127.0.0.1:0\nconnect = 80\n';
    assert.equal(certificatesOf(await load(`acmeStore = STORE\nacmeNames = example.com\n${both}`)).length, 1);
  });

  it('an internationalised name is ordered as DNS has it', async () => {
    assert.deepEqual(certificatesOf(await inService('acmeNames = bücher.example'))[0]?.names, [
      'xn--bcher-kva.example',
    ]);
  });

  it('the addresses of http-01 are collected', async () => {
    const loaded = await inService('acmeNames = a.test\nacmeHttp = 8402');
    assert.equal(certificatesOf(loaded)[0]?.challenge, 'http-01');
    const [address] = loaded.snapshot?.acme.http ?? [];
    assert.deepEqual(address?.kind === 'tcp' ? [address.host, address.port] : [], ['127.0.0.1', 8402]);
  });

  for (const [lines, message] of [
    ['acmeNames =', /a certificate needs at least one name/],
    ['acmeNames = a_b.example.com', /'a_b\.example\.com' is not a name that certificates are issued for/],
    [
      'acmeNames = *.example.com',
      /\*\.example\.com: authorities issue wildcards for dns-01 only; name a program with acmeDns/,
    ],
    ['acmeNames = 192.0.2.1\nacmeDns = /bin/true', /192\.0\.2\.1 is an address: dns-01 cannot prove it/],
    ['acmeNames = a.test\nacmeChallenge = http-01', /http-01 needs acmeHttp/],
    ['acmeNames = a.test\nacmeChallenge = dns-01', /dns-01 needs acmeDns/],
    ['acmeNames = a.test\nacmeDns = bin/dns', /the path of a program is expected here, beginning with \//],
    [
      'acmeNames = a.test\nacme = http://ca.test/dir',
      /'http:\/\/ca\.test\/dir' is neither the https:\/\/ URL of an ACME directory nor/,
    ],
    ['acmeNames = a.test\nacmeContact = admin', /'admin' is not an e-mail address/],
    ['acmeNames = a.test\nacmeExternal = kid-1', /an id and the file with its key are expected here/],
    ['acmeNames = a.test\nacmeExternal = kid-1 /nowhere', /acmeExternal: \/nowhere: cannot be read: no such file/],
    ['acmeNames = a.test\nacmeCA = /nowhere', /acmeCA: \/nowhere cannot be read/],
    [
      'acmeNames = a.test b.test\nacmeNames = a.test c.test',
      /the certificate for a\.test is also defined on line 5, with other names or settings/,
    ],
    ['acmeNames = a.test\nacmeKey = ec-512', /'ec-512' is not one of: ec-256/],
    ['acmeNames = a.test\nacmeRenew = 99', /99/],
  ] as const)
    it(`refuses ${JSON.stringify(lines)}`, async () => assert.match(errorsOf(await inService(lines)), message));

  it('a program for DNS records that could not be started is a warning', async () => {
    const warnings = async (program: string): Promise<string> => {
      const { problems, snapshot } = await inService(`acmeNames = a.test b.test\nacmeDns = ${program}`);
      assert.ok(snapshot);
      return problems.map(({ message }) => message).join('\n');
    };
    assert.match(await warnings('/no/such/program'), /acmeDns: \/no\/such\/program: there is no such program/);
    assert.match(await warnings(KEY), /acmeDns: .*eab: it cannot be executed \(chmod \+x\)/);
    assert.match(await warnings(openssl.directory), /acmeDns: .*: it cannot be executed/);
    assert.doesNotMatch(await warnings('/bin/true'), /acmeDns/);
  });

  it('a wrong key of the mapping is corrected', async () => {
    const text = 'services:\n  s:\n    accept: 127.0.0.1:0\n    connect: 80\n    acme: { name: a.test }\n';
    assert.match(errorsOf(await load(text, 'yaml')), /:5:13: .*acme has no option 'name'; did you mean 'names'\?/);
  });
});
