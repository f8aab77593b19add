import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { articleRouterConfig, articleTerminatorConfig } from '../../support/pairing.ts';
import { freePort, isListening } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import type { Result } from '../../support/process.ts';
import { SOURCES, inRepository } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

function ours(t: TestContext, program: keyof typeof SOURCES, ...args: readonly string[]): Promise<Result> {
  const [node, ...sources] = SOURCES[program];
  return run(t, node, [...sources, ...args]);
}

scenario(
  "the article's haproxy.cfg, byte for byte as printed, is valid and gives warnings for what is doubtful",
  async (t) => {
    const file = inRepository('test/fixtures/article/haproxy.cfg');
    const { code, stdout, stderr } = await ours(t, 'router', 'check', '-f', file);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Configuration file is valid/);
    const warnings = {
      4: 'nbproc',
      5: 'non-breaking spaces',
      11: "read as 'bind 0.0.0.0:80'",
      17: "'is_websocket'.* with the same name are ORed", // The article's text says that both must hold.
    };
    for (const [line, what] of Object.entries(warnings)) {
      assert.match(stderr, new RegExp(`^${file}:${line}:\\d+: warning: .*${what}`, 'm'));
    }
    assert.doesNotMatch(stderr, /: error|\d errors?/);
  },
);

scenario("the article's haproxy.cfg runs in the background, serves, and ends on SIGTERM", async (t) => {
  const dir = new TempDir(t);
  const [maps, syslog, http] = [await startApp(t, { name: 'maps' }), await startSyslog(t), await freePort()];
  const file = dir.write(
    'haproxy.cfg',
    articleRouterConfig({ http, maps: maps.port, coltrane: await freePort(), log: syslog.port }),
  );
  const pidFile = dir.join('router.pid');
  const started = await ours(t, 'router', '-f', file, '-p', pidFile);
  assert.equal(started.code, 0, started.stderr);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  onCleanup(t, async () => {
    process.kill(pid, 'SIGTERM');
    await until('the port to be free', async () => !(await isListening(http)));
  });
  const answer = await request(`http://127.0.0.1:${http}/page`, { headers: { Host: 'dev-maps01' } });
  assert.equal(answer.status, 200);
});

scenario(
  "the article's stunnel.conf is valid once its certificate exists; before, the missing file is reported",
  async (t) => {
    const dir = new TempDir(t);
    // A machine set up by the article has this file.
    const absent = dir.join('cert.key_pem');
    const printed = readFileSync(inRepository('test/fixtures/article/stunnel.conf'), 'utf8');
    assert.ok(printed.includes('/etc/ssl/cert.key_pem'));
    const early = dir.write('early.conf', printed.replaceAll('/etc/ssl/cert.key_pem', absent));
    const missing = await ours(t, 'terminator', 'check', '-f', early);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, new RegExp(`early\\.conf:2:\\d+: .*${absent}`));

    const files = { pid: dir.join('stunnel.pid'), cert: makeCertificates(t).keyAndCertFile };
    const file = dir.write(
      'stunnel.conf',
      articleTerminatorConfig(files, { https: await freePort(), http: await freePort() }),
    );
    const valid = await ours(t, 'terminator', 'check', '-f', file);
    assert.equal(valid.code, 0, valid.stderr);
    assert.match(valid.stdout, /Configuration file is valid/);
  },
);
