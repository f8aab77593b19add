import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '@headgate/shared/config/problem';
import { Problems } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import type { FileKind } from './directive.ts';
import { readText } from './read.ts';

const KINDS: Readonly<Record<string, FileKind>> = {
  '/var/log': 'folder',
  '/var/log/x.log': 'file',
  '/run/log.sock': 'socket',
  '/run/fifo': 'other',
};

function logging(target: string): {
  readonly transport: unknown;
  readonly format: unknown;
  readonly said: readonly string[];
} {
  const problems = new Problems();
  const text = `defaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n log ${target} local0\n`;
  const io = { readFile: () => undefined, fileKind: (path: string): FileKind => KINDS[path] ?? 'none' };
  const { snapshot, problems: all } = compile(readText(text, 'test.cfg', {}, problems), io, problems);
  const [log] = snapshot?.frontends[0]?.log ?? [];
  return {
    transport: log?.transport,
    format: log?.format,
    said: all.map(formatProblem).filter((line) => line.includes(':6:')),
  };
}

test('file: is a log file, whose lines have no syslog header unless asked for', () => {
  const { transport, format, said } = logging('file:/var/log/new.log');
  assert.deepEqual(
    { transport, format, said },
    { transport: { kind: 'file', path: '/var/log/new.log' }, format: 'raw', said: [] },
  );
  assert.equal(logging('file:/var/log/x.log format rfc3164').format, 'rfc3164');
});

test('a path that is a file, or no socket yet, is told with what to write instead', () => {
  assert.match(
    logging('/var/log/x.log').said.join(),
    /warning: .*x\.log is a file and not a socket: its lines are lost; did you mean 'file:\/var\/log\/x\.log'\?/,
  );
  assert.match(logging('/run/none.sock').said.join(), /warning: there is no socket \/run\/none\.sock/);
  assert.match(logging('/var/log').said.join(), /is a folder and not a socket/);
  assert.deepEqual(logging('/run/log.sock').said, []);
});

test('a log file that is relative, a pipe or in a folder that does not exist is told', () => {
  assert.match(logging('file:x.log').said.join(), /needs an absolute path/);
  assert.match(logging('file:/run/fifo').said.join(), /is not a regular file/);
  assert.match(logging('file:/none/x.log').said.join(), /warning: the folder of \/none\/x\.log does not exist/);
});
