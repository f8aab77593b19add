/** Certificates for TLS to servers that are replaced while the router runs. */
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { Authority, tlsOrigin } from '../../support/tls-origin.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

scenario('authorities that are replaced count for new connections, and a file that is wrong for none', async (t) => {
  const [before, after] = [new Authority(t, 'before'), new Authority(t, 'after')];
  const origin = await tlsOrigin(t, after.issue(['a.test']));
  const caFile = new TempDir(t).write('ca.pem', '');
  copyFileSync(before.caFile, caFile);
  const { port, process } = await startRouting(t, 'router', {
    backend: ['retries 0', `server s 127.0.0.1:${origin.port} ssl ca-file ${caFile} sni str(a.test)`],
  });
  assert.match(await exchange(t, port, GET), /^HTTP\/1\.1 503 /);
  copyFileSync(after.caFile, caFile);
  await process.says(/notice reloaded on a change of \S+ca\.pem/);
  assert.match(await exchange(t, port, GET), /^HTTP\/1\.1 200 /);

  writeFileSync(caFile, 'nothing\n');
  process.signal('SIGHUP');
  await process.says(/ err \S+haproxy\.cfg:\d+:\d+: there is no '-----BEGIN CERTIFICATE-----' in '\S+ca\.pem'$/m);
  await process.says(/ err not reloaded on SIGHUP: the configuration before it serves on$/m);
  assert.match(await exchange(t, port, GET), /^HTTP\/1\.1 200 /);
  // The settings did not change: it is the same session.
  assert.deepEqual(
    origin.seen.map(({ resumed }) => resumed),
    [false, true],
  );
});
