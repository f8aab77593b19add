import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerReader } from './answer-reader.ts';

const limits = { maxHeadBytes: 200, maxHeaders: 10 };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';

function reader(): AnswerReader {
  return new AnswerReader();
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

describe('the reader of answers', () => {
  it('finds a head wherever it is cut, and what came behind it', () => {
    const text = `${HEAD}ok`;
    for (let cut = 1; cut < HEAD.length; cut += 1) {
      const answers = reader();
      assert.equal(answers.read(bytes(text.slice(0, cut)), 'GET', limits), undefined, `cut at ${cut}`);
      const head = answers.read(bytes(text.slice(cut)), 'GET', limits);
      assert.ok(head !== undefined && !('refused' in head), `cut at ${cut}`);
      assert.deepEqual([head.status, head.contentLength, String(answers.takeRest())], [200, 2, 'ok']);
      assert.equal(answers.takeRest(), undefined);
    }
  });

  it('reads the next answer into a head that is no longer read, and never into one that still is', () => {
    const [one, other] = [reader(), reader()];
    const given = one.read(bytes(HEAD), 'GET', limits);
    one.give();
    const left = other.read(bytes(HEAD), 'GET', limits);
    assert.equal(left, given);
    other.leave();
    assert.notEqual(one.read(bytes(HEAD.replace('200', '404')), 'GET', limits), left);
    assert.ok(left !== undefined && !('refused' in left));
    assert.equal(left.status, 200);
  });

  it('reads one interim head after the other', () => {
    const answers = reader();
    const statuses: number[] = [];
    for (
      let rest: ReturnType<AnswerReader['takeRest']> = bytes(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${HEAD}ok`,
      );
      statuses.at(-1) !== 200;
      rest = answers.takeRest()
    ) {
      assert.ok(rest !== undefined);
      const head = answers.read(rest, 'GET', limits);
      assert.ok(head !== undefined && !('refused' in head));
      statuses.push(head.status);
    }
    assert.deepEqual(statuses, [100, 103, 200]);
  });

  it('keeps a copy of a head that is not complete: the memory is read into again', () => {
    const answers = reader();
    const memory = bytes(HEAD.slice(0, 20));
    assert.equal(answers.read(memory, 'GET', limits), undefined);
    memory.fill('!');
    assert.equal(statusOf(answers.read(bytes(HEAD.slice(20)), 'GET', limits)), 200);
  });

  for (const [what, text, at] of [
    ['a head that is too long', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200)}\r\n\r\n`, limits.maxHeadBytes],
    ['a head that will be too long', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200)}`, limits.maxHeadBytes],
    ['a bare line feed in an unfinished head', 'HTTP/1.1 200 OK\nX: 1', 15],
    ['a control byte in an unfinished head', 'HTTP/1.1 200 \x01', 13],
    ['a whole head that is none', 'SSH-2.0-OpenSSH\r\n\r\n', 0],
    ['the greeting of another protocol', 'SSH-2.0-OpenSSH\r\n', 0],
    ['a first byte that no head has', '<', 0],
    ['another version', 'HTTP/2', 0],
    ['a status that is none', 'HTTP/1.1 2x', 0],
  ] as const) {
    it(`says why not, and where: ${what}`, () => {
      const head = reader().read(bytes(text), 'GET', limits);
      assert.ok(head !== undefined && 'refused' in head);
      assert.deepEqual([head.bytes.toString('latin1'), head.at], [text, at]);
    });
  }

  it('reads the same bytes otherwise when they answer another method', () => {
    const answers = reader();
    const head = answers.read(bytes(HEAD), 'GET', limits);
    assert.ok(head !== undefined && !('refused' in head));
    assert.equal(head.framing, 'length');
    const toHead = answers.read(bytes(HEAD), 'HEAD', limits);
    assert.ok(toHead !== undefined && !('refused' in toHead));
    assert.equal(toHead.framing, 'none');
  });
});

function statusOf(head: ReturnType<AnswerReader['read']>): number | undefined {
  return head === undefined || 'refused' in head ? undefined : head.status;
}
