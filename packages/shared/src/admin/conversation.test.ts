import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Conversation, MAX_LINE, MAX_PAYLOAD, type Session } from './conversation.ts';

function talk(
  answer: (line: string, session: Session, payload?: string) => string = (line) => `<${line}>\n`,
  taken: () => Promise<void> = () => Promise.resolve(),
) {
  const said: string[] = [];
  const session: Session = { level: 'user', interactive: false, timeout: 1, experimental: false, over: false };
  const conversation = new Conversation(session, async (words, own, payload) => answer(words.join(' '), own, payload), {
    write(text) {
      said.push(text);
      return taken();
    },
    pause: () => void said.push('PAUSE'),
    resume: () => void said.push('RESUME'),
    end: () => void said.push('END'),
  });
  return { said, conversation };
}

test('one line and its answer, then the end, as in HAProxy', async () => {
  const { said, conversation } = talk();
  conversation.received('show ');
  conversation.received('version\nshow info\n');
  await turn();
  assert.deepEqual(said, ['<show version>\n\n', 'END']);
});

test('a line without its end counts once the client has finished', async () => {
  const { said, conversation } = talk();
  conversation.received('show version');
  await turn();
  assert.deepEqual(said, []);
  conversation.finished();
  await turn();
  assert.deepEqual(said, ['<show version>\n\n', 'END']);
});

test('after prompt it goes on, one answer after the other', async () => {
  const { said, conversation } = talk((line, session) => {
    if (line === 'prompt') session.interactive = true;
    if (line === 'quit') session.over = true;
    return line === 'prompt' ? '' : `${line}!\n`;
  });
  conversation.received('prompt\na\nb\n');
  conversation.received('quit\nc\n');
  await turn();
  await turn();
  assert.deepEqual(said, ['\n> ', 'a!\n\n> ', 'b!\n\n> ', 'quit!\n', 'END']);
});

test('a line that is too long ends the connection', async () => {
  const { said, conversation } = talk();
  for (let sent = 0; sent <= MAX_LINE; sent += 1000) conversation.received('x'.repeat(1000));
  conversation.received('\n');
  await turn();
  assert.deepEqual(said, ['END']);
});

test('a client that asks faster than it reads waits, and loses no answer', async () => {
  const answer = (line: string, session: Session): string => {
    session.interactive = true;
    return line;
  };
  const reads: (() => void)[] = [];
  const { said, conversation } = talk(answer, () => new Promise((resolve) => void reads.push(resolve)));
  conversation.received('x\n'.repeat(100));
  await turn();
  // Nothing more is read, and nothing more is made, while the first answer is not taken.
  assert.deepEqual(said, ['PAUSE', 'x\n> ']);
  for (let n = 0; n < 100; n += 1) {
    reads.shift()?.();
    await turn();
  }
  assert.equal(said.filter((text) => text === 'x\n> ').length, 100);
  assert.equal(said.indexOf('RESUME'), 38);
  assert.ok(!said.includes('END'));
});

test('each command of a line is made when the answer of the one before it is taken, and has a payload only if it is the last', async () => {
  const reads: (() => void)[] = [];
  const { said, conversation } = talk(
    (line, _session, payload) => `${line}|${payload ?? 'none'}`,
    () => new Promise((resolve) => void reads.push(resolve)),
  );
  conversation.received('a;b;;add map m <<\nc 3\n\n');
  await turn();
  const answers = ['a|none\n', 'b|none\n', 'add map m|c 3\n\n'];
  for (let made = 1; made <= answers.length; made += 1) {
    assert.deepEqual(said, answers.slice(0, made));
    reads.shift()?.();
    await turn();
  }
  assert.deepEqual(said, [...answers, 'END']);
});

test('after quit nothing of its line is carried out', async () => {
  const { said, conversation } = talk((line, session) => {
    session.over = line === 'quit';
    return `${line}!\n`;
  });
  conversation.received('a;quit;b\n');
  await turn();
  assert.deepEqual(said, ['a!\n\n', 'quit!\n', 'END']);
});

test('the lines after << up to an empty one belong to their command, as do those before the end', async () => {
  const { said, conversation } = talk((line, session, payload) => {
    session.interactive = true;
    return `${line}|${payload ?? 'none'}\n`;
  });
  conversation.received('add map m <<\na 1\nb');
  conversation.received(' 2\n\nshow map m\nadd map m <<\nc 3\n');
  conversation.finished();
  await turn();
  await turn();
  assert.deepEqual(said, ['add map m|a 1\nb 2\n\n\n> ', 'show map m|none\n\n> ', 'add map m|c 3\n\n\n> ', 'END']);
});

test('a payload that is too large ends the connection', async () => {
  const { said, conversation } = talk();
  conversation.received('add map m <<\n');
  for (let sent = 0; sent <= MAX_PAYLOAD; sent += 1000) conversation.received(`${'x'.repeat(999)}\n`);
  await turn();
  assert.deepEqual(said, ['END']);
});
