import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { TempDir } from '../../../../test/support/temp.ts';
import { parseAddress } from './address.ts';
import { MAX_CFG_LENGTH, readHaproxyCfg } from './haproxy-cfg.ts';
import { loadConfig } from './load.ts';
import { readConfig, readText } from './read.ts';

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = new TempDir(t);
  for (const [name, text] of Object.entries(files)) dir.write(name, text);
  return dir.path;
}

test('a folder stands for its configuration files, sorted by name', (t) => {
  const path = folder(t, {
    '20-web.yaml': 'frontends: { web: { bind: ":80" } }',
    '10-global.cfg': 'global\n',
    'notes.txt': 'nothing',
    'stunnel.conf': '[https]\naccept = 443\n',
    '.30.yaml': 'hidden',
    '30.yml': 'backends: { b: {} }',
  });
  const problems = new Problems();
  assert.deepEqual(
    readConfig([path], {}, problems).sections.map(({ kind }) => kind),
    ['global', 'frontend', 'backend'],
  );
  assert.deepEqual(problems.list, []);
});

test('several files are one configuration', async (t) => {
  const path = folder(t, {
    'a.cfg': 'frontend f\n mode http\n bind :80\n timeout client 1s\n default_backend b\n',
    'b.yaml': 'backends: { b: { timeout: { connect: 1s, server: 1s }, servers: { s: "127.0.0.1:1" } } }',
  });
  const { snapshot, problems } = await loadConfig([join(path, 'a.cfg'), join(path, 'b.yaml')]);
  assert.deepEqual(problems, []);
  assert.deepEqual([...(snapshot?.backends.keys() ?? [])], ['b']);
});

test('what cannot be read is a problem, not an exception', async (t) => {
  const path = folder(t, { 'empty.cfg': '\n', 'a.cfg': '' });
  mkdirSync(join(path, 'none'));
  const told = async (name: string): Promise<string> =>
    (await loadConfig([join(path, name)])).problems.map(formatProblem).join('\n');
  assert.match(await told('gone.cfg'), /gone\.cfg:1:1: cannot be read: no such file/);
  assert.match(await told('none'), /none:1:1: this folder holds no \.cfg, \.yaml or \.yml file/);
  assert.match(await told('empty.cfg'), /this file holds no section/);
  assert.match(await told('empty.cfg'), /empty\.cfg:1:1: no frontend has a 'bind': nothing would listen/);
});

test('a file without a telling name is read by its look', () => {
  const kinds = (text: string, file: string): string[] =>
    readText(text, file, {}, new Problems()).sections.map(({ kind }) => kind);
  assert.deepEqual(kinds('# mine\nbackends:\n  b: {}\n', 'x.conf'), ['backend']);
  assert.deepEqual(kinds('backend b\n', 'x.conf'), ['backend']);
});

test("a file of tls-terminator's is told as one, and nothing else of it", () => {
  const told = (text: string, file: string): string[] => {
    const problems = new Problems();
    readText(text, file, {}, problems);
    return problems.list.map(formatProblem);
  };
  const message = 'this file is for headgate-terminator: services are not read by headgate-router';
  assert.deepEqual(told('pid = /run/x\n[https]\naccept = 443\n', 'stunnel.conf'), [`stunnel.conf:2:1: ${message}`]);
  assert.deepEqual(told('services:\n  https: { accept: 443 }\n', 'a.yaml'), [`a.yaml:1:1: ${message}`]);
  assert.deepEqual(told('global\n daemon\n[https]\n', 'a.cfg'), []);
});

test("a list of servers is told what 'servers' is", () => {
  const problems = new Problems();
  readText(
    'backends:\n  b:\n    servers: [127.0.0.1:3000]\n  c:\n    servers: 127.0.0.1:3000\n  d:\n    servers:\n',
    'a.yaml',
    {},
    problems,
  );
  const message = "'servers' is a mapping: one server a line, as 'name: address'";
  assert.deepEqual(problems.list.map(formatProblem), [`a.yaml:3:14: ${message}`, `a.yaml:5:14: ${message}`]);
});

const mistakes: readonly (readonly [yaml: string, problem: string])[] = [
  ['backends:\n  - name: app\n', "2:3: 'backends' is a mapping: a name and a colon, and its keywords indented below"],
  ['frontends:\n  web: [":80"]\n', "2:8: 'web' is a mapping: 'keyword: value' lines, without '- '"],
  ['defaults: [http]\n', "1:11: 'defaults' is a mapping: 'keyword: value' lines, without '- '"],
  ['frontends:\n  web:\n    bind: *:80\n', "3:11: a value that begins with * needs quotes: '*:80'"],
  ['defaults:\n  option: { forwardfor: yes }\n', "2:25: 'yes' is text: write true, without quotes"],
  ['defaults:\n  option: { forwardfor: "False" }\n', "2:25: 'False' is text: write false, without quotes"],
  [
    'frontends:\n  web:\n    redirect: { scheme: https, if: "{ path / }" }\n',
    "3:32: 'redirect' is one line of text, with its conditions and names in it, as in haproxy.cfg: 'redirect: …'",
  ],
];

for (const [yaml, problem] of mistakes) {
  test(`${JSON.stringify(yaml)} is answered with ${problem}`, () => {
    const problems = new Problems();
    readText(yaml, 'a.yaml', {}, problems);
    assert.deepEqual(problems.list.map(formatProblem), [`a.yaml:${problem}`]);
  });
}

test('a haproxy.cfg that is too long is refused, with a mark in front it is not', () => {
  const problems = new Problems();
  assert.deepEqual(readHaproxyCfg('#'.repeat(MAX_CFG_LENGTH + 1), 'x', {}, problems).sections, []);
  assert.equal(problems.hasErrors, true);
  assert.deepEqual(
    readHaproxyCfg('\uFEFFglobal\r\n  daemon\r\n', 'x', {}, new Problems()).sections[0]?.statements[0]?.words.map(
      ({ text }) => text,
    ),
    ['daemon'],
  );
});

test('a bind in YAML may be a mapping too, alone or in a list', () => {
  const lines = (bind: string): readonly string[] =>
    readText(`frontends:\n  f:\n    bind: ${bind}\n`, 'a.yaml', { PORT: '81' }, new Problems()).sections.flatMap(
      ({ statements }) => statements.map(({ words }) => words.map(({ text }) => text).join(' ')),
    );
  assert.deepEqual(lines('{ address: 0.0.0.0, port: 80, maxconn: 5, accept-proxy: true }'), [
    'bind 0.0.0.0:80 maxconn 5 accept-proxy',
  ]);
  assert.deepEqual(lines('[":80", { address: "::", port: "${PORT}", v6only: true }]'), [
    'bind :80',
    'bind [::]:81 v6only',
  ]);
  assert.deepEqual(lines('{ ":80": { maxconn: 5 }, "/run/x.sock": { mode: 660 } }'), [
    'bind :80 maxconn 5',
    'bind /run/x.sock mode 660',
  ]);
});

test('JSON is recognized without the ending of a file, as from standard input', () => {
  const problems = new Problems();
  const { sections } = readText('\n{"frontends":{"f":{"bind":":80"}}}', '-', {}, problems);
  assert.deepEqual([sections[0]?.kind, problems.list.length], ['frontend', 0]);
});

test('a server in YAML may be a mapping, and a URL is told to be none', () => {
  const problems = new Problems();
  const { sections } = readText(
    'backends:\n  b:\n    servers:\n' +
      '      a: { address: 10.0.0.1, port: 80, check: true, inter: 5s, backup: false }\n' +
      '      c: { address: "::1", port: 81 }\n      d: { address: /run/d.sock }\n      e: { port: 80 }\n',
    'a.json',
    {},
    problems,
  );
  const lines = sections[0]?.statements.map(({ words }) => words.map(({ text }) => text).join(' '));
  assert.deepEqual(lines, [
    'server a 10.0.0.1:80 check inter 5s no-backup',
    'server c [::1]:81',
    'server d /run/d.sock',
  ]);
  assert.match(problems.list.map(formatProblem).join(), /^a\.json:7:10: a server needs an 'address'/);
  const url = parseAddress('http://127.0.0.1:14000');
  assert.equal(
    url.kind === 'error' && url.message,
    "'http://127.0.0.1:14000' is a URL, and an address is host:port: write 127.0.0.1:14000",
  );
});
