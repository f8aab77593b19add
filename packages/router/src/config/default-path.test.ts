import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import { readHaproxyCfg } from './haproxy-cfg.ts';

/** The names that a configuration in /etc/router/main.cfg reads. */
function filesOf(statement: string): readonly string[] {
  const text = `global\n${statement}\nhttp-errors e\nerrorfile 403 pages/403.http\ndefaults\nmode http\nerrorfile 503 /var/503.http\nfrontend f\nbind :80\nacl a src -f lists/a.lst\n`;
  const problems = new Problems();
  const read: string[] = [];
  const raw = readHaproxyCfg(text, '/etc/router/main.cfg', {}, problems);
  compile(raw, { readFile: (path) => void read.push(path) }, problems);
  return read;
}

test('default-path says what relative names of files are relative to, also in sections before it is read', () => {
  const cases: readonly (readonly [statement: string, folder: string])[] = [
    ['default-path current', ''],
    ['default-path config', '/etc/router/'],
    ['default-path parent', '/etc/'],
    ['default-path origin /srv', '/srv/'],
  ];
  for (const [statement, folder] of cases)
    assert.deepEqual(
      filesOf(statement),
      [`${folder}pages/403.http`, '/var/503.http', `${folder}lists/a.lst`],
      statement,
    );
});
