import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { loadText } from './load.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());
const { key, cert } = openssl.issue({ name: 'a.test', extensions: SERVER('DNS:a.test') });
const PEM = openssl.write('a.pem', key + cert);

async function load(
  lines: string,
): Promise<{ readonly control: Snapshot['control'] | undefined; readonly said: string }> {
  const text = `cert = ${PEM}\n${lines}\n[s]\naccept = 127.0.0.1:0\nconnect = 80\n`;
  const { snapshot, problems } = await loadText(text, 'stunnel.conf');
  return { control: snapshot?.control, said: problems.map(({ message }) => message).join('\n') };
}

describe('stats socket', () => {
  it('takes a path with its permissions, and addresses', async () => {
    const { control } = await load(
      'stats socket = /run/a.sock mode 660 level admin uid 7\nstats socket = unix@/run/b.sock\nstats socket = ipv4@127.0.0.1:9999 level user\nstats timeout = 1m\nstats maxconn = 3',
    );
    assert.deepEqual(
      control?.binds.map(({ level, address }) => ({ level, ...address })),
      [
        { level: 'admin', kind: 'unix', path: '/run/a.sock', mode: 0o660, uid: 7, gid: undefined },
        { level: 'operator', kind: 'unix', path: '/run/b.sock', mode: undefined, uid: undefined, gid: undefined },
        { level: 'user', kind: 'tcp', host: '127.0.0.1', port: 9999 },
      ],
    );
    assert.deepEqual([control.timeout, control.maxconn], [60_000, 3]);
  });

  it('is the same as a mapping in YAML', async () => {
    const yaml = `cert: ${PEM}\nstats: { socket: [/run/a.sock level admin, /run/b.sock], timeout: 5s }\nservices: { s: { accept: 127.0.0.1:0, connect: 80 } }\n`;
    const { snapshot } = await loadText(yaml, 'a.yaml');
    assert.deepEqual(
      snapshot?.control.binds.map(({ level }) => level),
      ['admin', 'operator'],
    );
    assert.equal(snapshot.control.timeout, 5000);
  });

  for (const [lines, message] of [
    ['stats socket =', /a path or an address is expected here/],
    ['stats socket = /run/a.sock modus 660', /unknown parameter 'modus' of 'stats socket'/],
    ['stats socket = /run/a.sock mode 999', /'999' is not a mode/],
    ['stats socket = /run/a.sock level root', /'root' is not one of: user, operator, admin/],
    ['stats socket = /run/a.sock mode', /'mode' needs a value/],
    ['stats sockets = /run/a.sock', /there is no option 'stats sockets' here/],
  ] as const)
    it(`refuses ${lines}`, async () => assert.match((await load(lines)).said, message));
});
