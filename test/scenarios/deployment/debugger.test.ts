/** SIGUSR1 opens the debugger of a Node.js process, through which the private key can be read. Ours must never open it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { makeCertificates } from '../../support/certificates.ts';
import { freePort } from '../../support/ports.ts';
import { run, TestProcess } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { TempDir } from '../../support/temp.ts';

/** From the first instruction to a serving program, even on a slow machine. */
const DELAYS = [0, 10, 20, 30, 40, 60, 80, 120, 240, 400, 800];

test('SIGUSR1 at any moment of a start never opens the debugger', { timeout: 300_000 }, async (t) => {
  const built = await run(t, process.execPath, [inRepository('node_modules/typescript/bin/tsc'), '-b'], {
    cwd: inRepository('.'),
    within: 100_000,
  });
  assert.equal(built.code, 0, built.stdout);
  const dir = new TempDir(t);
  const { keyAndCertFile } = makeCertificates(t);
  const configurations = {
    'packages/router/bin/headgate-router.js': `frontends: { all: { bind: "127.0.0.1:${await freePort()}", mode: http, monitor-uri: /up } }\n`,
    'packages/tls-terminator/bin/headgate-terminator.js': `cert: ${keyAndCertFile}\nservices: { https: { accept: ${await freePort()}, connect: 9 } }\n`,
  };
  const tried = Object.entries(configurations).map(async ([program, text]) => {
    const file = dir.write(`${basename(program)}.yaml`, text);
    for (const delay of DELAYS) {
      const started = new TestProcess(t, inRepository(program), ['-f', file]);
      await wait(delay);
      started.signal('SIGUSR1');
      // Before our own listener the runtime ignores it or the process ends; afterwards the program handles it.
      await started.says(/serving on|stopp/).catch(() => undefined);
      if (started.running) started.signal('SIGTERM');
      const { code, signal } = await started.exited;
      const story = `${program} after ${delay} ms\n${started.output}`;
      assert.doesNotMatch(started.stderr, /Debugger listening/i, story);
      // SIGUSR1 had begun a soft stop, and our SIGTERM came before its end.
      const hurried = code === 143 && /stopped at once on a second signal, SIGTERM/.test(started.output);
      assert.ok(signal === 'SIGUSR1' || code === 138 || code === 0 || hurried, `${code} ${signal} ${story}`);
    }
  });
  await Promise.all(tried);
});

test('every file that starts a program with node itself gives it the options that our commands give it', () => {
  const commands = globSync('packages/*/bin/*.js', { cwd: inRepository('.') }).filter(
    (file) => !file.includes('shared'),
  );
  const options = commands.map(
    (file) => /exec env .* node (--.*) "\$0"/.exec(readFileSync(inRepository(file), 'utf8'))?.[1],
  );
  assert.equal(options.length, 5);
  assert.equal(new Set(options).size, 1, options.join('\n'));
  const wanted = options[0]?.split(' ') ?? [];
  assert.ok(wanted.includes('--inspect-port=192.0.2.1:9229'), wanted.join(' '));
  const files = globSync('{deploy/*/*,docker/Dockerfile}', { cwd: inRepository('.') });
  const starts = files.flatMap((file) =>
    readFileSync(inRepository(file), 'utf8')
      .split('\n')
      .filter(
        (line) =>
          /\bnode\b.*headgate(-router|-terminator)?(\.js)?\b/.test(line) &&
          /ExecStart|command=|start program|ENTRYPOINT/.test(line),
      ),
  );
  assert.ok(starts.length >= 8, starts.join('\n'));
  for (const line of starts) assert.deepEqual(line.match(/--[a-z-]+=?[\w.:]*/g)?.slice(0, wanted.length), wanted, line);
});
