import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { readHaproxyCfg } from '@headgate/router/config/haproxy-cfg';
import { Problems } from '@headgate/shared/config/problem';
import { missing } from '../../support/programs.ts';
import { TempDir } from '../../support/temp.ts';

const ENV = { HOME: '/root', EMPTY: '', LIST: 'a  b c' };

/** What HAProxy says of a file: the text of each `.notice`, and whether it refuses the file. */
function haproxySays(file: string): { readonly notices: readonly string[]; readonly refused: boolean } {
  const env = { ...ENV, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const { stderr } = spawnSync('haproxy', ['-c', '-f', file], { env, encoding: 'utf8' });
  const notices = [...stderr.matchAll(/\[NOTICE\].*parsing \[[^\]]*\]: '(.*)'\.$/gm)].map(([, text = '']) => text);
  return { notices, refused: /Error\(s\) found/.test(stderr) };
}

function weSay(text: string, file: string): ReturnType<typeof haproxySays> {
  const problems = new Problems();
  readHaproxyCfg(text, file, { ...ENV, PATH: '/bin' }, problems);
  const notices = problems.list.filter(({ severity }) => severity === 'notice').map(({ message }) => message);
  return { notices, refused: problems.hasErrors };
}

const CONDITIONS = [
  '',
  '0',
  '-1',
  '0x0',
  'defined(HOME)',
  'defined(EMPTY)',
  'defined(NOPE)',
  'defined()',
  'defined',
  'feature(OPENSSL)',
  'feature(NOTHING)',
  'feature(openssl)',
  'streq("$HOME",/root)',
  'streq($HOME,/root)',
  'streq("a  b","a b")',
  'streq(a  b,a b)',
  'streq(a, a)',
  'streq(,)',
  'strneq("${NOPE-x}",x)',
  'streq("${.SECTION}",global)',
  'version_atleast(2.6)',
  'version_atleast(2.6-dev5)',
  'version_atleast(2.6.99)',
  'version_atleast(abc)',
  'version_before(3.0-dev1)',
  '1||0&&0',
  '(1||0)&&0',
  '!(1)',
  '! ! 1',
  '0 && 0 || 1 # comment',
  '"1" && 1',
  '"$EMPTY"',
];

const FILES: readonly string[] = [
  CONDITIONS.map((text) => `.if ${text}\n.notice "yes ${text.replaceAll(/["$#]/g, '')}"\n.endif\n`).join(''),
  '.if 0\n.notice a\n.elif 1\n.notice b\n.elif 1\n.notice c\n.else\n.notice d\n.endif\n',
  '.if 1\n.if 0\n.notice a\n.else\n.notice b\n.endif\n.else\n.if 1\n.notice c\n.endif\n.endif\n',
  '.if 1\n.elif bad(\n.endif\n.if 0\n.if bad(\n.endif\n.notice a b\n.foo\n.endif\n',
  'global\n.if 1\nsetenv X 1\n.else\nsetenv Y 1\n.endif\n.notice "${X-n} ${Y-n}"\n',
  'global\nsetenv A "b c"\n.notice "$A"\nunsetenv A\n.notice "${A-gone}"\npresetenv HOME x\npresetenv NEW x\n.notice "$HOME $NEW"\n',
  'global\nsetenv Z 1\nresetenv Z\n.notice "${HOME-gone} $Z ${.LINE} $.LINE ${.SECTION}"\n',
  'global\n.notice "${HOME[*]}"\n.notice "\\$HOME"\n.notice \'$HOME\'\n.notice $HOME\n',
  'defaults\n.notice "${.SECTION}"\nbackend b\n.notice "${.SECTION}"\n',
  '.diag "only with -dD"\n.notice\n',
  '.if 1\n',
  '.endif\n',
  '.else\n',
  '.elif 1\n',
  '.if 1\n.else\n.else\n.endif\n',
  '.if 1\n.else\n.elif 1\n.endif\n',
  '.if 1\n.endif x\n',
  '.if 1 1\n.endif\n',
  '.if true\n.endif\n',
  '.if 0\n.elif bad(\n.endif\n',
  '.if 0\n.notice "a\n.endif\n',
  '.if streq(a)\n.endif\n',
  '.if ()\n.endif\n',
  '.notice a b\n',
  '.alert "stop"\n',
  '.foo\n',
  'global\n.notice "$LIST" "${LIST[*]}"\n',
];

test(
  'conditional blocks, messages and environment words mean what they mean in HAProxy',
  { skip: missing('haproxy') },
  (t) => {
    const directory = new TempDir(t);
    for (const [index, text] of FILES.entries()) {
      const file = directory.write(`${index}.cfg`, text);
      assert.deepEqual(weSay(text, file), haproxySays(file), text);
    }
  },
);
