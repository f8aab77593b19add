import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Conversation, MAX_LINE, type Session } from './conversation.ts';

function talk(answer: (line: string, session: Session) => string = (line) => `<${line}>\n`) {
  const said: string[] = [];
  const session: Session = { level: 'user', interactive: false, timeout: 1, over: false };
  const conversation = new Conversation(session, async (line, own) => answer(line, own), {
    write: (text) => void said.push(text),
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
  assert.deepEqual(said, ['\n> ', 'a!\n\n> ', 'b!\n\n> ', 'quit!\n\n> ', 'END']);
});

test('a line that is too long ends the connection', async () => {
  const { said, conversation } = talk();
  for (let sent = 0; sent <= MAX_LINE; sent += 1000) conversation.received('x'.repeat(1000));
  conversation.received('\n');
  await turn();
  assert.deepEqual(said, ['END']);
});

test('a client that sends more than it reads answers for is cut off', async () => {
  const { said, conversation } = talk();
  conversation.received('x\n'.repeat(1000));
  await turn();
  assert.deepEqual(said, ['END']);
});
