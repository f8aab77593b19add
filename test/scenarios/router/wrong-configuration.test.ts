import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { SOURCES } from '../../support/programs.ts';
import { run } from '../../support/process.ts';
import { freePort, isListening } from '../../support/ports.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

const [node, ...sources] = SOURCES.router;

scenario(
  'an invalid configuration is refused with every problem, its position and a hint, and nothing starts',
  async (t) => {
    const dir = new TempDir(t);
    const port = await freePort();
    const file = dir.write(
      'haproxy.cfg',
      [
        'defaults',
        '    mode http',
        'frontend front',
        `    bind 127.0.0.1:${port}`,
        '    maxcon 10',
        '    use_backend nowhere if { path_beg /x }',
        '    use_backend apps if no_such_acl',
        'backend apps',
        '    server one 127.0.0.1:8000 weight 300',
        '',
      ].join('\n'),
    );
    for (const command of ['check', 'run']) {
      const { code, stderr } = await run(t, node, [...sources, command, '-f', file]);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^${file}:5:5: .*maxcon.*did you mean 'maxconn'\\?`, 'm'));
      for (const place of ['6:17', '7:25', '9:38'])
        assert.ok(stderr.includes(`${file}:${place}: `), `${place} in\n${stderr}`);
    }
    assert.equal(await isListening(port), false);
  },
);

scenario('a pipe or device in place of a file is reported without blocking', async (t) => {
  const dir = new TempDir(t);
  const fifo = dir.join('fifo');
  execFileSync('mkfifo', [fifo]);
  const file = dir.write(
    'haproxy.cfg',
    `defaults\n mode http\n errorfile 503 ${fifo}\nfrontend front\n bind 127.0.0.1:${await freePort()}\n acl a path -f /dev/zero\n`,
  );
  const { code, stderr } = await run(t, node, [...sources, 'check', '-f', file]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`:3:16: '${fifo}' cannot be read: it is not a regular file`));
  assert.match(stderr, /:6:16: cannot read '\/dev\/zero': it is not a regular file/);
  for (const path of [fifo, '/dev/zero']) {
    const other = await run(t, node, [...sources, 'check', '-f', path]);
    assert.equal(other.code, 1);
    assert.match(other.stderr, new RegExp(`${path}:1:1: cannot be read: it is not a regular file`));
  }
});

scenario('a usage error exits with 2, a missing file with 1', async (t) => {
  assert.equal((await run(t, node, [...sources, '--nonsense'])).code, 2);
  const { code, stderr } = await run(t, node, [...sources, 'check', '-f', '/nonexistent/haproxy.cfg']);
  assert.equal(code, 1);
  assert.match(stderr, /\/nonexistent\/haproxy\.cfg/);
});

scenario('a port in use is reported and exits with 75, on which supervisors retry', async (t) => {
  const { port } = await RawServer.listen(t);
  const file = new TempDir(t).write('haproxy.cfg', `defaults\n mode http\nfrontend front\n bind 127.0.0.1:${port}\n`);
  const { code, stderr } = await run(t, node, [...sources, '-f', file]);
  assert.equal(code, 75);
  assert.match(stderr, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: the address is already in use`));
});
