import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { test } from 'node:test';
import { compile } from '@headgate/router/config/compile';
import { readText } from '@headgate/router/config/read';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { facts } from './facts.ts';

/**
 * Every file in router-config/ is compiled; its problems and the resulting snapshot are stored next to it.
 * `UPDATE_GOLDEN=1` rewrites the .txt files: review the diff before committing it.
 */
const directory = join(import.meta.dirname, 'router-config');
const ENV = new Map([
  ['APP_PORT', '3000'],
  ['HOST', '127.0.0.2'],
  ['PORT', '8081'],
  ['EMPTY', ''],
  ['BINDS', '127.0.0.3:80,127.0.0.4:80'],
]);
const PAGE = 'HTTP/1.0 503 Sorry\r\nRetry-After: 5\r\nConnection: close\r\n\r\nback soon\n';

function describeSnapshot(snapshot: unknown): string[] {
  return snapshot === undefined ? ['', 'nothing starts'] : ['', ...facts(snapshot, '')];
}

for (const name of readdirSync(directory).filter((file) => extname(file) !== '.txt')) {
  test(basename(name, extname(name)).replaceAll('-', ' '), () => {
    const problems = new Problems();
    const raw = readText(readFileSync(join(directory, name), 'utf8'), name, Object.fromEntries(ENV), problems);
    const compiled = compile(
      raw,
      { readFile: (path) => (path === 'page.http' ? PAGE : undefined), environment: (name) => ENV.get(name) },
      problems,
    );
    const text = [...compiled.problems.map(formatProblem), ...describeSnapshot(compiled.snapshot), ''].join('\n');
    const expected = join(directory, `${name}.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text);
    assert.equal(text, readFileSync(expected, 'utf8'));
  });
}
