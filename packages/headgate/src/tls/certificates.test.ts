import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import { Reads } from '@headgate/shared/process/reads';
import { AUTHORITY, OpenSsl, SERVER } from '../../../tls-terminator/src/certificate/fixtures/openssl.ts';
import { loadBoth } from '../config/load.ts';
import type { Both } from '../model/both.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const authority = openssl.issue({ name: 'authority', extensions: AUTHORITY });
const server = openssl.issue({ name: 'a.test', by: authority, extensions: SERVER('DNS:a.test') });
const CRT = openssl.write('site.crt', server.cert + authority.cert);
const KEY = openssl.write('site.key', server.key);
const BOTH = openssl.write('both.pem', server.key + server.cert + authority.cert);
const FOLDER = CRT.slice(0, -'/site.crt'.length);
const ACCOUNT = join(FOLDER, 'account.key');
execFileSync('openssl', ['ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', ACCOUNT]);

const ACME = `acme LE
  directory https://acme.test/dir
  store ${FOLDER}/store
`;

interface Config {
  readonly bind?: string;
  readonly global?: string;
  readonly rules?: string;
  readonly sections: string;
}

async function load({ bind = 'crt @/a', global = '', rules = '', sections }: Config) {
  const timeouts = ' timeout client 9s\n timeout server 9s\n timeout connect 1s';
  const frontend = `frontend web\n bind :443 ssl ${bind}\n${rules}\n http-request deny`;
  return loadFile('haproxy.cfg', `global\n${global}\ndefaults\n mode http\n${timeouts}\n${frontend}\n${sections}`);
}

async function loadFile(name: string, text: string): Promise<{ both: Both | undefined; problems: readonly string[] }> {
  const file = openssl.write(name, text);
  const { snapshot, problems } = await loadBoth([file], new Reads());
  return {
    both: snapshot,
    problems: problems.map((problem) => formatProblem(problem).replace(file, 'F').split('\n')[0] ?? ''),
  };
}

/** The files of the certificates that are served. */
async function served(config: Config): Promise<readonly string[]> {
  const { both, problems } = await load(config);
  assert.ok(both, problems.join('\n'));
  return (both.terminator?.services ?? []).flatMap(({ tls }) => tls?.certificates.map(({ facts }) => facts.file) ?? []);
}

describe('ssl-f-use', () => {
  const rules = ` ssl-f-use crt ${BOTH}\n ssl-f-use crt ${CRT} key ${KEY} ssl-min-ver TLSv1.3 ocsp ${CRT}.ocsp\n`;

  it('gives its certificates to a bind that names none, the first as the default one', async () => {
    const { both, problems } = await load({ bind: '', rules, sections: '' });
    const { tls } = both?.terminator?.services[0] ?? {};
    assert.ok(tls, problems.join('\n'));
    assert.deepEqual(
      tls.certificates.map(({ facts }) => facts.file),
      [BOTH, CRT],
    );
    assert.equal(tls.certificate?.file, BOTH);
    assert.equal(tls.names?.variants[0]?.secureContext.minVersion, 'TLSv1.3');
  });

  it('leaves a bind that names one alone', async () => {
    assert.deepEqual(await served({ bind: `crt ${BOTH}`, rules: ` ssl-f-use crt ${CRT} key ${KEY}`, sections: '' }), [
      BOTH,
    ]);
  });

  it('refers to stores, and adds to what they say', async () => {
    const config = {
      rules: ' ssl-f-use crt @/a alpn http/1.1',
      sections: `crt-store\n load crt ${CRT} key ${KEY} alias a\n`,
    };
    assert.deepEqual(await served({ bind: '', ...config }), [CRT]);
  });

  for (const [line, message] of [
    ['ssl-f-use', /'crt FILE'/],
    ['ssl-f-use alpn h2', /'ssl-f-use' needs 'crt FILE'/],
    ['ssl-f-use crt', /'crt' needs a value/],
    [`ssl-f-use crt ${BOTH} foo bar`, /there is no option 'foo' in the brackets of a crt-list/],
    ['ssl-f-use crt @/none', /no crt-store has '@\/none'/],
  ] as const)
    it(`refuses ${line.replace(BOTH, 'FILE')}`, async () => {
      const { both, problems } = await load({ bind: '', rules: ` ${line}`, sections: '' });
      assert.equal(both, undefined);
      assert.match(problems.join('\n'), message);
    });
});

describe('crt-store', () => {
  for (const [title, config] of [
    ['by its alias', { sections: `crt-store\n load crt ${CRT} key ${KEY} alias a\n` }],
    ['by its file', { bind: `crt @/${CRT}`, sections: `crt-store\n load crt ${CRT} key ${KEY}\n` }],
    ['by its path alone', { bind: `crt ${CRT}`, sections: `crt-store\n load crt ${CRT} key ${KEY}\n` }],
    [
      'by the name of its store, with the folders of that',
      {
        bind: 'crt @web/site.crt',
        sections: `crt-store web\n crt-base ${FOLDER}\n key-base ${FOLDER}\n load crt site.crt key site.key ocsp-update off\n`,
      },
    ],
    [
      'with the folders of global',
      {
        bind: 'crt site.crt',
        global: `crt-base ${FOLDER}\nkey-base ${FOLDER}`,
        sections: 'crt-store\n load crt "site.crt" key "site.key" alias a\n',
      },
    ],
  ] as const)
    it(`names a certificate and its key ${title}`, async () => assert.deepEqual(await served(config), [CRT]));

  for (const [sections, message] of [
    ['crt-store\n load crt x alias b\n', "F:9:20: no crt-store has '@/a'; did you mean '@/x'?"],
    ['crt-store\n load alias a\n', "F:13:2: 'load' needs 'crt FILE'"],
    ['crt-store\n load crt x kay y\n', "F:13:13: unknown parameter 'kay' of 'load'; did you mean 'key'?"],
    ['crt-store\n lode crt x\n', "F:13:2: unknown keyword 'lode' in 'crt-store'"],
    ['crt-store\n load crt x alias a acme LF\n' + ACME, "F:13:26: there is no acme section 'LF'; did you mean 'LE'?"],
    [
      'crt-store\n load crt x alias a acme LE\n' + ACME,
      "F:13:26: 'acme' needs 'domains', the names of the certificate",
    ],
  ] as const)
    it(`says what is wrong: ${message}`, async () => {
      const { both, problems } = await load({ sections });
      assert.equal(both, undefined);
      assert.ok(problems.includes(message), problems.join('\n'));
    });
});

describe('acme', () => {
  const store = (more = ''): string =>
    `crt-store\n load crt none.pem alias a acme LE domains "www.a.test,a.test" ${more}\n`;

  it('becomes what the terminator keeps, with the settings of its section', async () => {
    const lines = ` contact a@b.test\n account-key ${ACCOUNT}\n keytype RSA\n bits 4096\n profile shortlived\n reuse-key off\n`;
    const { both, problems } = await load({ sections: store('ips 192.0.2.1') + ACME + lines });
    const { certificates = [], http = [] } = both?.terminator?.acme ?? {};
    const [first] = certificates;
    assert.ok(first, problems.join('\n'));
    const { names, directory, contact, key, profile, challenge, accountKey = '', file } = first;
    assert.deepEqual(
      { names, directory, contact, key, profile, challenge, file },
      {
        names: ['www.a.test', 'a.test', '192.0.2.1'],
        directory: 'https://acme.test/dir',
        contact: ['mailto:a@b.test'],
        key: 'rsa-4096',
        profile: 'shortlived',
        challenge: 'http-01',
        file: join(FOLDER, 'store/certificates/www.a.test.rsa.pem'),
      },
    );
    assert.match(accountKey, /PRIVATE KEY/);
    assert.equal(http[0]?.kind, 'unix');
    assert.deepEqual(problems, [
      'F:9:20: warning: there is no certificate for www.a.test, a.test, 192.0.2.1 yet: clients get a temporary one until it is issued',
    ]);
  });

  it('reads the external account from two files', async () => {
    const [id, key] = [openssl.write('eab.id', 'kid-1\n'), openssl.write('eab.key', 'c2VjcmV0\n')];
    const lines = ` eab-key-id ${id}\n eab-mac-key ${key}\n eab-mac-alg HS256\n`;
    const { both, problems } = await load({ sections: store() + ACME + lines });
    const [first] = both?.terminator?.acme.certificates ?? [];
    assert.deepEqual(first?.external, { id: 'kid-1', key: Buffer.from('secret') }, problems.join('\n'));
    const relative = await load({ sections: `${store()}${ACME} eab-key-id nowhere.id\n eab-mac-key ${key}\n` });
    assert.match(relative.problems.join('\n'), /nowhere\.id: cannot be read/);
  });

  it('serves the file until there is an issued one', async () => {
    const sections = `crt-store\n load crt ${BOTH} alias a acme LE domains a.test\n${ACME}`;
    assert.deepEqual(await served({ sections }), [BOTH]);
  });

  it('makes EC P-384 keys by default, as HAProxy does, and answers tls-alpn-01 when asked', async () => {
    const { both } = await load({ sections: `${store()}${ACME} challenge tls-alpn-01\n` });
    const [first] = both?.terminator?.acme.certificates ?? [];
    assert.deepEqual([first?.key, first?.challenge, both?.terminator?.acme.http], ['ec-384', 'tls-alpn-01', []]);
  });

  it('is the same in YAML', async () => {
    const { both, problems } = await loadFile(
      'headgate.yaml',
      JSON.stringify({
        frontends: { web: { bind: ':443 ssl crt @web/a', timeout: { client: '9s' }, rules: ['http-request deny'] } },
        'crt-stores': { web: { load: 'crt none.pem alias a acme LE domains a.test' } },
        acme: { LE: { directory: 'https://acme.test/dir', challenge: 'tls-alpn-01', store: `${FOLDER}/store` } },
      }),
    );
    assert.deepEqual(both?.terminator?.acme.certificates[0]?.names, ['a.test'], problems.join('\n'));
  });

  it('has its challenges answered where the rule with its map stands', async () => {
    const answer = 'lf-string "%[path,field(-1,/)].%[path,field(-1,/),map(virt@acme)]\\n"';
    const rule = ` http-request return status 200 content-type text/plain ${answer} if { path_beg '/.well-known/acme-challenge/' }`;
    const { both, problems } = await load({ rules: rule, sections: `${store()}${ACME} map virt@acme\n` });
    const [web] = both?.router.frontends ?? [];
    assert.match(web?.requestRules[0]?.text ?? problems.join('\n'), /^http-request use-backend headgate-acme if /);
    const backend = both?.router.backends.get('headgate-acme');
    const [http] = both?.terminator?.acme.http ?? [];
    assert.equal(
      backend?.servers[0]?.address.kind === 'unix' && backend.servers[0].address.path,
      http?.kind === 'unix' && http.path,
    );
  });

  it('warns of a map that no rule answers from', async () => {
    const { problems } = await load({ sections: `${store()}${ACME} map virt@acme\n` });
    assert.match(
      problems.join('\n'),
      /F:17:6: warning: no rule answers challenges from 'virt@acme': write, before redirects, http-request return/,
    );
  });

  for (const [lines, message] of [
    ['acme\n', "F:12:1: an 'acme' section needs a name"],
    ['acme A\n contact a@b.test\n', "F:12:6: acme 'A' needs 'directory', the URL of the authority"],
    [`${ACME} directry x\n`, "F:15:2: unknown keyword 'directry' in 'acme'; did you mean 'directory'?"],
    [`${ACME} keytype DSA\n`, "F:15:10: 'DSA' is not one of: RSA, ECDSA; did you mean 'RSA'?"],
    [
      `${ACME} challenge dns-persist-01\n`,
      "F:15:12: not supported: 'challenge dns-persist-01' (write 'challenge dns-01' with 'dns-command')",
    ],
    [`${ACME} map /etc/map\n`, "F:15:6: '/etc/map' is a file: the map of challenges is 'virt@NAME'"],
    [`${ACME} eab-key-id /x\n`, "F:15:13: 'eab-key-id' and 'eab-mac-key' are only of use together"],
    [`${ACME}${ACME}`, "F:15:6: another acme section is named 'LE'"],
  ] as const)
    it(`says what is wrong: ${message}`, async () => {
      const { both, problems } = await load({ bind: `crt ${BOTH}`, sections: lines });
      assert.equal(both, undefined);
      assert.ok(problems.includes(message), problems.join('\n'));
    });

  it('warns of a section that no certificate refers to', async () => {
    const { both, problems } = await load({ bind: `crt ${BOTH}`, sections: ACME });
    assert.ok(both);
    const wanted =
      "F:12:6: warning: no certificate refers to acme 'LE': write 'load crt FILE acme LE domains …' in a crt-store";
    assert.ok(problems.includes(wanted), problems.join('\n'));
  });
});
