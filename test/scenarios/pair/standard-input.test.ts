import assert from 'node:assert/strict';
import { SOURCES } from '../../support/programs.ts';
import { run } from '../../support/process.ts';
import type { Result } from '../../support/process.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

const TEXTS = {
  router: 'frontends:\n  f: { bind: ":0", timeout: { client: 1s }, rules: [http-request deny] }\n',
  terminator: 'services:\n  https: { accept: 127.0.0.1:0, connect: 127.0.0.1:1, cert: /nowhere.pem }\n',
} as const;

for (const program of ['router', 'terminator'] as const) {
  scenario(`the ${program} reads its configuration from standard input with -f -`, async (t) => {
    const file = new TempDir(t).write('configuration', TEXTS[program]);
    const fed = (script: string, ...args: readonly string[]): Promise<Result> =>
      run(t, 'sh', ['-c', script, file, ...SOURCES[program], ...args]);
    for (const script of ['"$@" < "$0"', 'cat "$0" | "$@"', '(sleep 0.2; cat "$0") | "$@"']) {
      const { code, stdout, stderr } = await fed(script, 'check', '-f', '-');
      if (program === 'router') assert.deepEqual([code, stdout], [0, 'read -\nConfiguration file is valid\n'], stderr);
      else assert.match(stderr, /^-:2:\d+: .*\/nowhere\.pem: .*no such file$/m);
    }
    if (program === 'terminator') return;
    const { code, stderr } = await fed('"$@" < "$0"', '-D', '-f', '-');
    assert.equal(code, 2);
    assert.match(stderr, /standard input \(-f -\) runs in the foreground only/);
  });
}
