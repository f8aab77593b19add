import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { AUTHORITY, OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { Reads } from '@headgate/shared/process/reads';
import { loadConfig } from './load.ts';

const COUNT = 100;

const openssl = new OpenSsl();
after(() => openssl.remove());
const ca = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const { key, cert } = openssl.issue({ name: 'a.test', by: ca, extensions: SERVER('DNS:a.test') });
const folder = join(openssl.directory, 'many');
mkdirSync(folder);
for (let index = 0; index < COUNT; index += 1) openssl.write(`many/${index}.pem`, key + cert + ca.cert);
const conf = openssl.write('stunnel.conf', `[s]\naccept = 1\nconnect = 2\ncrt = ${folder}\n`);

test('a load of many certificates lets others have their turn', async () => {
  let turns = 0;
  let loading = true;
  const count = (): void => {
    turns += 1;
    if (loading) setImmediate(count);
  };
  setImmediate(count);
  const { snapshot } = await loadConfig([conf]);
  loading = false;
  assert.ok(snapshot);
  assert.ok(turns >= 5, `${turns} turns`);
});

test('of remarks about the certificates of a folder the first are shown, and how many there are', async () => {
  const { problems } = await loadConfig([conf]);
  const messages = problems.map(({ message }) => message);
  assert.equal(messages.filter((message) => message.includes('CN=ca is a root')).length, 20);
  const [last] = messages.slice(-1);
  assert.equal(
    last,
    `crt: ${COUNT - 20} more like these; 'headgate-terminator cert inspect FILE' shows those of one file`,
  );
});

test('a certificate is checked again when its file or its time has changed, and else remembered', async () => {
  const issue = (): string => {
    const { key: ownKey, cert: ownCert } = openssl.issue({ name: 'b.test', by: ca, extensions: SERVER('DNS:b.test') });
    return ownKey + ownCert + ca.cert;
  };
  const file = openssl.write('changing.pem', issue());
  const one = openssl.write('one.conf', `[s]\naccept = 1\nconnect = 2\ncrt = ${file}\n`);
  const certificateAt = async (now = new Date(Date.now() + 60_000)): Promise<readonly [unknown, string]> => {
    const { snapshot, problems } = await loadConfig([one], new Reads(), now);
    return [snapshot?.services[0]?.tls?.certificates[0], problems.map(({ message }) => message).join('\n')];
  };
  const [first, said] = await certificateAt();
  assert.ok(first);
  assert.deepEqual(await certificateAt(), [first, said]);
  assert.equal((await certificateAt())[0], first);
  const [, late] = await certificateAt(new Date(Date.now() + 300 * 86_400_000 * 10));
  assert.match(late, /EXPIRED/);
  openssl.write('changing.pem', issue());
  const [renewed] = await certificateAt();
  assert.notEqual(renewed, first);
  openssl.write('changing.pem', 'broken');
  assert.equal((await certificateAt())[0], undefined);
  await loadConfig([conf]);
});
