import assert from 'node:assert/strict';
import test from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { readCrtList } from './crt-list.ts';

test('comments fill a line of a crt-list, or end it', () => {
  const problems = new Problems();
  const lines = readCrtList(
    '# first\na.pem !x.a.test *.a.test # see #7\n\nb.pem [alpn h2] # only this\n',
    'c.txt',
    problems,
  );
  assert.deepEqual(problems.list, []);
  assert.deepEqual(
    lines.map(({ file, filters }) => [file, ...filters]),
    [['a.pem', '!x.a.test', '*.a.test'], ['b.pem']],
  );
});
