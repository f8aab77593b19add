import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import { formatProblem } from '@headgate/shared/config/problem';
import type { Loaded } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { OpenSsl, RSA, SERVER } from '../certificate/fixtures/openssl.ts';
import { loadConfig } from './load.ts';
import type { Service, Snapshot, TlsSettings } from '../model/snapshot.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const pair = openssl.issue({
  name: 'dev-coltrane',
  algorithm: RSA(2048),
  extensions: SERVER('DNS:dev-coltrane', 'DNS:dev-maps01'),
});
const PEM = openssl.write('cert.key_pem', pair.key + pair.cert);
const ENCRYPTED = openssl.write(
  'encrypted.pem',
  openssl.run(['pkcs8', '-topk8', '-passout', 'pass:secret'], pair.key).toString() + pair.cert,
);
const PASS = openssl.write('pass', 'secret\n');
const P12 = openssl.write('cert.p12', '');
openssl.run(['pkcs12', '-export', '-in', PEM, '-passout', 'pass:secret', '-out', P12]);

/** An hour from now: the certificate is valid by then. */
const now = new Date(Date.now() + 3_600_000);

async function load(text: string, name = 'stunnel.conf'): Promise<Loaded<Snapshot>> {
  return loadConfig([openssl.write(name, text.replaceAll('PEM', PEM))], new Reads(), now);
}

async function tlsOf(lines: string): Promise<TlsSettings> {
  const { tls } = await service(lines);
  assert.ok(tls);
  return tls;
}

function said({ problems }: Loaded<Snapshot>): readonly string[] {
  return problems.map((problem) => formatProblem(problem).replaceAll(`${openssl.directory}/`, ''));
}

async function service(lines: string): Promise<Service> {
  const loaded = await load(`cert = PEM\n[s]\naccept = 127.0.0.1:0\nconnect = 80\n${lines}\n`);
  const [first] = loaded.snapshot?.services ?? [];
  assert.ok(first, said(loaded).join('\n'));
  return first;
}

describe('loadConfig', () => {
  it('takes a number of workers, and refuses what they could not agree on', async () => {
    const text = 'workers = 2\n[https]\naccept = 443\nconnect = 80\ncert = PEM\n';
    const { snapshot } = await load(text);
    assert.equal(snapshot?.process.workers, 2);
    const refused = await load(`${text}maxPerAddress = 4\n`);
    assert.equal(refused.snapshot, undefined);
    assert.match(said(refused).join('\n'), /maxPerAddress does not work with workers/);
  });

  it("takes the article's stunnel.conf as it was printed", async () => {
    const seed =
      'pid = /var/run/stunnel.pid\ncert = /etc/ssl/cert.key_pem\nfips = no\n[https]\naccept = 443\nconnect = 80';
    const loaded = await load(seed.replace('/etc/ssl/cert.key_pem', 'PEM'));
    assert.deepEqual(said(loaded), []);
    const { snapshot } = loaded;
    assert.ok(snapshot);
    assert.deepEqual(snapshot.process, { daemon: false, pidFile: '/var/run/stunnel.pid', hardStopAfter: 0 });
    assert.deepEqual(snapshot.logging, {
      level: 'notice',
      output: undefined,
      stderr: true,
      mode: 'append',
      syslog: false,
      facility: 3,
      tag: 'tls-terminator',
    });
    const [https] = snapshot.services;
    assert.ok(https && snapshot.services.length === 1);
    assert.equal(https.name, 'https');
    assert.deepEqual(
      https.accepts.map((accept) => ({ ...accept, at: undefined })),
      [{ kind: 'tcp', at: undefined, host: '0.0.0.0', port: 443 }],
    );
    assert.deepEqual(
      https.connects.map((connect) => ({ ...connect, at: undefined })),
      [{ kind: 'tcp', at: undefined, text: 'localhost:80', hosts: ['127.0.0.1', '::1'], port: 80 }],
    );
    assert.deepEqual(https.timeouts, { busy: 300_000, connect: 10_000, idle: 43_200_000, close: 60_000 });
    assert.equal(https.proxyProtocol, 0);
    assert.equal(https.tls?.certificate?.keyAlgorithm, 'RSA2048');
    assert.equal(https.tls?.certificate?.signatureAlgorithm, 'RSA-SHA256');
    assert.deepEqual(https.tls?.certificate?.names, ['dev-coltrane', 'dev-maps01']);
    createSecureContext(https.tls?.secureContext);
  });

  it('takes the same in YAML', async () => {
    const conf = await load(
      'cert = PEM\ndebug = info\n[https]\naccept = 443\naccept = :::8443\nconnect = 80\nprotocol = proxy-v2\n' +
        'TIMEOUTbusy = 10\nTIMEOUTidle = 24h\nreset = no',
    );
    const yaml = await load(
      'debug: info # less\ncert: PEM\nservices:\n  https:\n    accept: [443, ":::8443"]\n    connect: 80\n' +
        '    protocol: proxy-v2\n    timeout: { busy: 10s, idle: 24h }\n    reset: false\n',
      'terminator.yaml',
    );
    const plain = ({ snapshot }: Loaded<Snapshot>): unknown =>
      JSON.parse(
        JSON.stringify(snapshot, (key, value: unknown) => (key === 'at' || key === 'files' ? undefined : value)),
      );
    assert.deepEqual(said(conf), []);
    assert.deepEqual(said(yaml), []);
    assert.deepEqual(plain(yaml), plain(conf));
    assert.notEqual(plain(yaml), undefined);
  });

  it("uses Mozilla's intermediate profile when nothing is said about TLS", async () => {
    const { secureContext } = await tlsOf('');
    assert.equal(secureContext.minVersion, 'TLSv1.2');
    assert.equal(secureContext.maxVersion, 'TLSv1.3');
    assert.equal(secureContext.honorCipherOrder, false);
    assert.equal(secureContext.ecdhCurve, 'X25519MLKEM768:X25519:prime256v1:secp384r1');
    assert.equal(secureContext.ciphers?.split(':').length, 9);
  });

  it('turns TLS options into those of Node', async () => {
    const { secureContext } = await tlsOf(
      'sslVersion = TLSv1.3\nciphersuites = TLS_AES_256_GCM_SHA384\nsecurityLevel = 1\ncurves = X25519:P-256\n' +
        'options = NO_TICKET\nsessionCacheTimeout = 1h\nrenegotiation = yes',
    );
    assert.equal(secureContext.minVersion, 'TLSv1.3');
    assert.match(secureContext.ciphers ?? '', /^@SECLEVEL=1:TLS_AES_256_GCM_SHA384:ECDHE/);
    assert.equal(secureContext.ecdhCurve, 'X25519:P-256');
    assert.equal(secureContext.secureOptions, 1 << 14);
    assert.equal(secureContext.sessionTimeout, 3600);
  });

  it('makes the same ticket keys from the same secrets', async () => {
    const secrets =
      'ticketKeySecret = 00112233445566778899aabbccddeeff\nticketMacSecret = 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff';
    const [first, second] = [await tlsOf(secrets), await tlsOf(secrets)];
    assert.equal(first.secureContext.ticketKeys?.length, 48);
    assert.deepEqual(first.secureContext.ticketKeys, second.secureContext.ticketKeys);
  });

  it('copies service options before the first section into every service', async () => {
    const loaded = await load(
      'cert = PEM\nTIMEOUTclose = 1\n[a]\naccept = 1\nconnect = 80\n[b]\naccept = 2\nconnect = 80\nTIMEOUTclose = 2\n',
    );
    assert.deepEqual(
      loaded.snapshot?.services.map(({ timeouts }) => timeouts.close),
      [1000, 2000],
    );
  });

  it('reads the files of an included directory in byte order, and a section goes on through them', async () => {
    const directory = join(openssl.directory, 'conf.d');
    mkdirSync(directory);
    openssl.write('conf.d/01-b', 'connect = 80\n');
    openssl.write('conf.d/00-a', `cert = ${PEM}\n[x]\naccept = 1\n`);
    const loaded = await load(`include = ${directory}\nTIMEOUTclose = 7\n`);
    assert.deepEqual(said(loaded), []);
    assert.equal(loaded.snapshot?.services[0]?.timeouts.close, 7000);
    assert.deepEqual(
      loaded.snapshot?.files.map((file) => file.slice(openssl.directory.length + 1)),
      ['stunnel.conf', 'conf.d/00-a', 'conf.d/01-b', 'cert.key_pem'],
    );
  });

  it('stops at files that include each other', async () => {
    const directory = join(openssl.directory, 'circle');
    mkdirSync(directory);
    openssl.write('circle/a', `include = ${directory}\n`);
    const loaded = await load(`include = ${directory}\n`);
    assert.ok(said(loaded).some((line) => line.includes('files include each other more than 8 deep')));
  });

  it('opens an encrypted key and a PKCS#12 file with the pass phrase in a file', async () => {
    for (const file of [ENCRYPTED, P12]) {
      const loaded = await load(`cert = ${file}\nkeyPassFile = ${PASS}\n[s]\naccept = 1\nconnect = 2\n`);
      assert.deepEqual(said(loaded), [], file);
      assert.equal(loaded.snapshot?.services[0]?.tls?.certificate?.subject, 'CN=dev-coltrane');
    }
  });

  it('says it when everybody may read the key', async () => {
    const open = openssl.write('open.pem', readFileSync(PEM), 0o644);
    const loaded = await load(`cert = ${open}\n[s]\naccept = 1\nconnect = 2\n`);
    assert.deepEqual(said(loaded), [
      'stunnel.conf:1:8: warning: cert: open.pem: every user of this machine can get at the private key in it: chmod 600 open.pem',
    ]);
    assert.ok(loaded.snapshot);
  });
});

/** The whole text of a file and every line there is to say about it. */
const wrong: readonly (readonly [title: string, text: string, says: readonly string[], name?: string])[] = [
  [
    'a misspelt option',
    'cert = PEM\n[s]\naccept = 1\nconect = 80\nconnect = 80',
    ["stunnel.conf:4:1: there is no option 'conect' here; did you mean 'connect'?"],
  ],
  [
    'everything at once, in the order of the file',
    'pidd = /x\n[s]\naccept = 99999\nconnect = host:\nfips = no\n',
    [
      "stunnel.conf:1:1: there is no option 'pidd' here; did you mean 'pid'?",
      "stunnel.conf:2:2: service 's' has no certificate: it needs 'cert'",
      "stunnel.conf:3:10: '99999' needs a port between 0 and 65535, as in '443' or '127.0.0.1:8443'",
      "stunnel.conf:4:11: 'host:' needs a port between 1 and 65535, as in '443' or '127.0.0.1:8443'",
      "stunnel.conf:5:1: 'fips' is for the whole process: put it before the first service",
    ],
  ],
  [
    'a service that says nothing',
    '[s]\n',
    [
      "stunnel.conf:1:2: service 's' does not say where to listen: it needs 'accept'",
      "stunnel.conf:1:2: service 's' does not say where the bytes go: it needs 'connect'",
      "stunnel.conf:1:2: service 's' has no certificate: it needs 'cert'",
    ],
  ],
  [
    'no service',
    'cert = PEM\n',
    [
      "stunnel.conf:1:1: there is no service: open one with '[https]' (YAML: under 'services:') and give it accept, connect and cert",
    ],
  ],
  [
    'accept outside a service',
    'accept = 1\ncert = PEM\n[s]\naccept = 2\nconnect = 3',
    ["stunnel.conf:1:1: 'accept' belongs in a service: put it under [name]"],
  ],
  [
    'two services of one name, which stunnel does not tell apart',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\n[s]\naccept = 3\nconnect = 4',
    ["stunnel.conf:5:2: warning: there is a service 's' on line 2 already; this one is called 's#2' in the log"],
  ],
  [
    'one address accepted on twice',
    'cert = PEM\n[a]\naccept = 1\nconnect = 2\n[b]\naccept = 1\nconnect = 4',
    ["stunnel.conf:6:10: 0.0.0.0:1 is already accepted on by service 'a'"],
  ],
  [
    'an option given twice',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nreset = no\nreset = yes',
    ["stunnel.conf:6:1: warning: 'reset' was already given on line 5; the last one counts"],
  ],
  [
    'an option we do not have',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nlibwrap = yes\nexec = /bin/cat',
    [
      "stunnel.conf:5:1: 'libwrap' is not supported: hosts.allow and hosts.deny are not read: restrict addresses with nftables, or tcp-request connection in the router",
      "stunnel.conf:6:1: 'exec' is not supported: programs are not started for connections: let systemd (a socket unit with Accept=yes) or socat run the program on a loopback port, and connect to that",
    ],
  ],
  [
    'words that every object knows',
    'constructor = 1\ncert = PEM\n[s]\naccept = 1\nconnect = 2\noptions = toString',
    ["stunnel.conf:1:1: there is no option 'constructor' here", "stunnel.conf:6:11: OpenSSL has no option 'toString'"],
  ],
  [
    'an option that does nothing',
    'RNDfile = /dev/urandom\nlibwrap = no\ncert = PEM\n[s]\naccept = 1\nconnect = 2',
    ["stunnel.conf:1:1: warning: 'RNDfile' has no effect: the kernel seeds the random numbers"],
  ],
  [
    'what patches of stunnel brought',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nsendproxy = yes',
    ["stunnel.conf:5:1: 'sendproxy' is not supported: a patch of stunnel; protocol = proxy says the same"],
  ],
  [
    'inetd mode',
    'cert = PEM\nconnect = 80',
    [
      'stunnel.conf:1:1: there is no service: inetd mode, in which stunnel serves its standard input, is not ' +
        'supported; give the options to a service ([name]) with accept, and let it listen itself',
    ],
  ],
  [
    'fips = yes',
    'fips = yes\ncert = PEM\n[s]\naccept = 1\nconnect = 2',
    [
      'stunnel.conf:1:8: this Node.js is not running in FIPS mode; start it with --enable-fips and an OpenSSL ' +
        'that has the provider, or write no',
    ],
  ],
  [
    'a word that is no choice',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nfailover = prioo',
    ["stunnel.conf:5:12: 'prioo' is not one of: prio, rr; did you mean 'prio'?"],
  ],
  [
    'versions the wrong way round',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nsslVersionMin = TLSv1.3\nsslVersionMax = TLSv1.2',
    ["stunnel.conf:2:2: service 's': TLSv1.3 (sslVersionMin) is newer than TLSv1.2 (sslVersionMax)"],
  ],
  [
    'SSL 3',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nsslVersionMin = SSLv3\nsslVersionMax = SSLv3',
    [
      'stunnel.conf:5:17: warning: SSLv3 is broken and no longer exists in OpenSSL; the oldest secure version is TLSv1.2',
      'stunnel.conf:6:17: SSLv3 is broken and no longer exists in OpenSSL; the oldest secure version is TLSv1.2',
    ],
  ],
  [
    'TLS 1.0',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nsslVersionMin = TLSv1',
    [
      "stunnel.conf:5:17: warning: TLSv1 is obsolete (RFC 8996) and works only together with 'securityLevel = 0' and older ciphers",
    ],
  ],
  [
    'ciphers nobody knows',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nciphers = ROT13\ncurves = X25591',
    [
      "stunnel.conf:5:11: OpenSSL knows no cipher in 'ROT13'",
      "stunnel.conf:6:10: OpenSSL does not know every group in 'X25591'",
    ],
  ],
  [
    'half of the ticket secrets, without repeating it',
    'cert = PEM\n[s]\naccept = 1\nconnect = 2\nticketKeySecret = 00112233445566778899aabbccddeeff',
    ["stunnel.conf:5:19: 'ticketKeySecret' and 'ticketMacSecret' are only of use together"],
  ],
  [
    'a service that connects to itself',
    'cert = PEM\n[s]\naccept = 8443\nconnect = 8443\nconnect = a.test:8443',
    ['stunnel.conf:4:11: localhost:8443 is accepted on by this program itself: bytes would go round in circles'],
  ],
  [
    'two services that lead to each other',
    'cert = PEM\n[a]\naccept = 8443\nconnect = 8444\n[b]\naccept = 8444\nconnect = 8443\n[c]\naccept = 8445\nconnect = 8443',
    [
      'stunnel.conf:4:11: localhost:8444 is accepted on by this program itself: bytes would go round in circles',
      'stunnel.conf:7:11: localhost:8443 is accepted on by this program itself: bytes would go round in circles',
    ],
  ],
  [
    'a service that leads to another, which leads elsewhere: no circle',
    'cert = PEM\n[a]\naccept = 8443\nconnect = 8444\nwrong = 1\n[b]\naccept = 8444\nconnect = 8080',
    ["stunnel.conf:5:1: there is no option 'wrong' here"],
  ],
  [
    'a key too small for the security level',
    'cert = PEM\nsecurityLevel = 3\n[s]\naccept = 1\nconnect = 2',
    [
      "stunnel.conf:1:8: service 's': OpenSSL does not take these TLS options: error:0A00018F:SSL routines::ee key too small",
    ],
  ],
  [
    'a certificate file that is not there',
    'cert = /nowhere/cert.pem\n[s]\naccept = 1\nconnect = 2',
    ['stunnel.conf:1:8: cert: /nowhere/cert.pem: cannot be read: no such file'],
  ],
  [
    'a key file that is a directory',
    'cert = PEM\nkey = /tmp\n[s]\naccept = 1\nconnect = 2',
    ['stunnel.conf:2:7: key: /tmp: cannot be read: it is not a regular file'],
  ],
  [
    'an encrypted key',
    `cert = ${ENCRYPTED}\n[s]\naccept = 1\nconnect = 2`,
    [
      "stunnel.conf:1:8: cert: encrypted.pem: block 1 (line 1): the private key is encrypted: write its pass phrase into a file and name that with 'keyPassFile'",
    ],
  ],
  [
    'a PKCS#12 file without its pass phrase',
    `cert = ${P12}\n[s]\naccept = 1\nconnect = 2`,
    [
      "stunnel.conf:1:8: cert: cert.p12: this PKCS#12 file has a pass phrase: write it into a file and name that with 'keyPassFile'",
    ],
  ],
  [
    'YAML: a mapping where a value belongs',
    'cert: PEM\nservices:\n  s: { accept: 1, connect: { host: a } }\n',
    [
      "a.yaml:3:3: service 's' does not say where the bytes go: it needs 'connect'",
      "a.yaml:3:28: 'connect' takes a value or a list of values, not a mapping",
    ],
    'a.yaml',
  ],
  [
    'YAML: almost a mapping we know',
    'cert: PEM\nservice:\n  s: { accept: 1, connect: 2 }\n',
    [
      "a.yaml:1:1: there is no service: open one with '[https]' (YAML: under 'services:') and give it accept, connect and cert",
      "a.yaml:3:3: 'service' takes a value or a list of values, not a mapping; did you mean 'services'?",
    ],
    'a.yaml',
  ],
  [
    'YAML: an unknown timeout',
    'cert: PEM\nservices:\n  s: { accept: 1, connect: 2, timeout: { idel: 3 } }\n',
    ["a.yaml:3:42: there is no option 'TIMEOUTidel' here; did you mean 'TIMEOUTidle'?"],
    'a.yaml',
  ],
];

describe('loadConfig says what is wrong', () => {
  for (const [title, text, says, name] of wrong) {
    it(title, async () => {
      const loaded = await load(text, name);
      assert.deepEqual(said(loaded), says);
      assert.equal(
        loaded.snapshot === undefined,
        loaded.problems.some(({ severity }) => severity === 'error'),
      );
    });
  }

  for (const [name, text, line] of [
    ['haproxy.cfg', '# mine\nglobal\n  daemon\n', 2],
    ['router.yaml', 'frontends:\n  all: { bind: 80 }\n', 1],
    ['haproxy.conf', 'listen x\n', 1],
  ] as const) {
    it(`a file of the router's, told as one: ${name}`, async () => {
      assert.deepEqual(said(await load(text, name)), [
        `${name}:${line}:1: this file is for headgate-router: global, defaults, frontends and backends are not read by headgate-terminator`,
      ]);
    });
  }

  it('a configuration file that is not there', async () => {
    const { snapshot, problems } = await loadConfig(['/nowhere/stunnel.conf']);
    assert.equal(snapshot, undefined);
    assert.deepEqual(problems.map(formatProblem), ['/nowhere/stunnel.conf:1:1: cannot be read: no such file']);
  });
});
