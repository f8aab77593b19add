import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { echoOf, startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { inRepository, startProgram } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { settled } from '../../support/until.ts';

/** A file of configs/ with each text replaced; fails when a text is missing. */
function adapted(path: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce(
    (text, [from, to]) => {
      assert.ok(text.includes(from), `${from} in ${path}`);
      return text.replaceAll(from, to);
    },
    readFileSync(inRepository(path), 'utf8'),
  );
}

scenario(
  'configs/: the address of a TLS client reaches the application, WebSockets work, and there is no redirect loop',
  async (t) => {
    const dir = new TempDir(t);
    const certificates = makeCertificates(t);
    const [maps, coltrane, syslog] = [
      await startApp(t, { name: 'maps' }),
      await startApp(t, { name: 'coltrane' }),
      await startSyslog(t),
    ];
    const [http, https] = [await freePort(), await freePort()];
    const routerFile = dir.write(
      'router.yaml',
      adapted('configs/router.yaml', {
        'bind: 0.0.0.0:80': `bind: 0.0.0.0:${http}`,
        'localhost:3000': `localhost:${maps.port}`,
        'localhost:8000': `localhost:${coltrane.port}`,
        'log: stdout format raw local1': `log: 127.0.0.1:${syslog.port} local1`,
      }),
    );
    const terminatorFile = dir.write(
      'tls-terminator.yaml',
      adapted('configs/tls-terminator.yaml', {
        'pid: /var/run/tls-terminator.pid': `pid: ${dir.join('pid')}`,
        'cert: /etc/ssl/cert.key_pem': `cert: ${certificates.keyAndCertFile}`,
        'accept: 443': `accept: ${https}`,
        'connect: 127.0.0.1:80': `connect: 127.0.0.1:${http}`,
      }),
    );
    await startProgram(t, 'router', routerFile, [http]);
    await startProgram(t, 'terminator', terminatorFile, [https]);

    for (const app of ['maps', 'coltrane']) {
      const host = `dev-${app}01`;
      const secure = { from: '127.0.0.9', ca: certificates.ca, servername: host, headers: { Host: host } };
      const echo = echoOf(await request(`https://127.0.0.1:${https}/a?b`, secure));
      assert.equal(echo.app, app);
      assert.equal(echo.headers['x-forwarded-for'], '127.0.0.9');
      const plain = await request(`http://127.0.0.1:${http}/a?b`, { from: '127.0.0.9', headers: { Host: host } });
      assert.equal(plain.status, 302);
      assert.equal(plain.headers.location, `https://${host}/a?b`);
    }
    await syslog.message(/^127\.0\.0\.9:\d+ .* maps_http_backend\/maps_http_server .* 200 /);

    const client = new WebSocket(`wss://127.0.0.1:${https}/chat`, {
      headers: { Host: 'dev-maps01' },
      ca: certificates.ca,
    });
    onCleanup(t, () => client.terminate());
    await settled('the WebSocket to open', once(client, 'open'));
    const reply = once(client, 'message');
    client.send('hello');
    assert.equal(String((await settled('the echo', reply))[0]), 'hello');
  },
);
