import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCommandLine } from './command-line.ts';

const plain = { files: [], daemon: undefined, pidFile: undefined, logFormat: 'text', quiet: false };

describe('a command line', () => {
  const cases: readonly (readonly [line: string, expected: object])[] = [
    ['', { kind: 'run', ...plain }],
    ['run', { kind: 'run', ...plain }],
    ['-f a.yaml', { kind: 'run', ...plain, files: ['a.yaml'] }],
    ['run -f a.yaml --file=b.yaml', { kind: 'run', ...plain, files: ['a.yaml', 'b.yaml'] }],
    ['stunnel.conf', { kind: 'run', ...plain, files: ['stunnel.conf'] }],
    ['/etc/x -- -odd', { kind: 'run', ...plain, files: ['/etc/x', '-odd'] }],
    ['check -f a.yaml', { kind: 'check', format: 'text', ...plain, files: ['a.yaml'] }],
    ['-c -f a.yaml', { kind: 'check', format: 'text', ...plain, files: ['a.yaml'] }],
    ['check --format json a.yaml', { kind: 'check', ...plain, format: 'json', files: ['a.yaml'] }],
    ['-c --format=json a.yaml', { kind: 'check', ...plain, format: 'json', files: ['a.yaml'] }],
    [
      '-c -D -p x.pid a.yaml',
      { kind: 'check', format: 'text', ...plain, daemon: true, pidFile: 'x.pid', files: ['a.yaml'] },
    ],
    ['check --log-format json a.yaml', { kind: 'usage', message: 'check writes no log: use --format json' }],
    ['-c --log-format json a.yaml', { kind: 'usage', message: 'check writes no log: use --format json' }],
    ['check -D a.yaml', { kind: 'usage', message: '-D is an option of run; check starts nothing' }],
    ['check --pid-file x', { kind: 'usage', message: '--pid-file is an option of run; check starts nothing' }],
    [
      'run --format json a.yaml',
      {
        kind: 'usage',
        message: '--format is an option of check; the format of the process log is set with --log-format json',
      },
    ],
    ['-db -f a.cfg', { kind: 'run', ...plain, daemon: false, files: ['a.cfg'] }],
    ['--foreground -f a.cfg', { kind: 'run', ...plain, daemon: false, files: ['a.cfg'] }],
    [
      '-Dq -p /run/x.pid a.yaml',
      { kind: 'run', ...plain, daemon: true, quiet: true, pidFile: '/run/x.pid', files: ['a.yaml'] },
    ],
    ['--log-format json a.yaml', { kind: 'run', ...plain, logFormat: 'json', files: ['a.yaml'] }],
    ['explain -f a.yaml --host x', { kind: 'command', name: 'explain', args: ['-f', 'a.yaml', '--host', 'x'] }],
    ['-h', { kind: 'help' }],
    ['help', { kind: 'help' }],
    ['run -f a.yaml --help', { kind: 'help', of: 'run' }],
    ['-f a.yaml --help', { kind: 'help' }],
    ['check --help', { kind: 'help', of: 'check' }],
    ['help check', { kind: 'help', of: 'check' }],
    ['help explain', { kind: 'command', name: 'explain', args: ['--help'] }],
    ['-V', { kind: 'version' }],
    ['-v', { kind: 'version' }],
    ['-f', { kind: 'usage', message: '-f needs a value' }],
    ['-f -q', { kind: 'usage', message: '-f needs a value' }],
    ['--file=', { kind: 'usage', message: '--file needs a value' }],
    ['--quiet=yes', { kind: 'usage', message: '--quiet does not accept a value' }],
    ['-y', { kind: 'usage', message: "unknown option '-y'" }],
    ['-Ws -L me -f a.cfg -dp', { kind: 'run', ...plain, files: ['a.cfg'] }],
    ['-W -db -f a.cfg', { kind: 'run', ...plain, daemon: false, files: ['a.cfg'] }],
    [
      '-f a.cfg -sf 12',
      {
        kind: 'usage',
        message: "not supported: HAProxy's '-sf': a reload keeps the process: send it SIGHUP, or use 'ctl reload'",
      },
    ],
  ];
  for (const [line, expected] of cases) {
    test(`'${line}' is understood`, () => {
      assert.deepEqual(parseCommandLine(line.split(' ').filter(Boolean), ['explain']), expected);
    });
  }

  test('with a mistyped word is reported with the candidates it may have meant', () => {
    for (const [line, word, meant] of [
      ['chekc', 'chekc', 'check'],
      ['explian', 'explian', 'explain'],
      ['--deamon', '--deamon', '--daemon'],
      ['help chekc', 'chekc', 'check'],
      ['check --format jsno', 'jsno', 'json'],
      ['--log-format jsno', 'jsno', 'json'],
    ] as const) {
      const parsed = parseCommandLine(line.split(' '), ['explain']);
      assert.ok(parsed.kind === 'usage' && parsed.near?.word === word && parsed.near.candidates.includes(meant), line);
    }
  });

  test('cannot name an option after a property every object has', () => {
    assert.equal(parseCommandLine(['--constructor'], []).kind, 'usage');
    assert.equal(parseCommandLine(['--__proto__'], []).kind, 'usage');
    assert.equal(parseCommandLine(['--no-quiet'], []).kind, 'usage');
  });
});
