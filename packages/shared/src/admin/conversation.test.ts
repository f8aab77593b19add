import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Conversation, MAX_LINE, MAX_PAYLOAD, type Session } from './conversation.ts';

function talk(answer: (line: string, session: Session, payload?: string) => string = (line) => `<${line}>\n`) {
  const said: string[] = [];
  const session: Session = { level: 'user', interactive: false, timeout: 1, over: false };
  const conversation = new Conversation(session, async (line, own, payload) => answer(line, own, payload), {
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
  assert.deepEqual(said, ['\n> ', 'a!\n\n> ', 'b!\n\n> ', 'quit!\n', 'END']);
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
