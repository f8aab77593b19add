import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { ControlSocket } from './control-socket.ts';

for (const [what, commands] of [
  ['lines', 'command\n'.repeat(1000)],
  ['commands of one line', `${'command;'.repeat(1000)}\n`],
] as const)
  test(`everything else has its turn between two answers, however many ${what} came at once`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-test-'));
    const path = join(folder, 'control');
    let made = 0;
    const control = new ControlSocket(
      { address: { kind: 'unix', path, mode: undefined, uid: undefined, gid: undefined }, level: 'user' },
      { maxconn: 10, timeout: 10_000 },
      async (_words, session) => {
        session.interactive = true;
        made += 1;
        return 'answer';
      },
    );
    t.after(() => {
      control.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await control.listen();
    const client = connect(path);
    client.write(commands);
    await once(client, 'data');
    assert.ok(made < 100, `${made} answers were made before the first could be read`);
    client.destroy();
  });
