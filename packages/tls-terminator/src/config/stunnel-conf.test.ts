import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { readStunnelConf } from './stunnel-conf.ts';

function read(text: string): { readonly lines: readonly string[]; readonly problems: readonly string[] } {
  const problems = new Problems();
  const lines = readStunnelConf(text, 'f', problems).map((line) => {
    const { at } = line.kind === 'section' ? line.name : line.value;
    const what = line.kind === 'section' ? `[${line.name.text}]` : `${line.name.text}=${line.value.text}`;
    return `${at.line}:${at.column} ${what}`;
  });
  return { lines, problems: problems.list.map(formatProblem) };
}

const cases: readonly {
  readonly title: string;
  readonly text: string;
  readonly lines?: readonly string[];
  readonly problems?: readonly string[];
}[] = [
  { title: 'blanks around names and values do not count', text: '  accept \t=   443  ', lines: ['1:15 accept=443'] },
  {
    title: 'a value may hold more equals signs',
    text: 'socket = l:TCP_NODELAY=1',
    lines: ['1:10 socket=l:TCP_NODELAY=1'],
  },
  { title: 'a value may be empty', text: 'pid =', lines: ['1:6 pid='] },
  { title: 'lines that begin with ; or # are comments, also indented', text: '; a = b\n  # c = d\n\n', lines: [] },
  { title: 'a service name is taken as it is', text: '[ my service ]\n', lines: ['1:2 [ my service ]'] },
  {
    title: 'a byte order mark and CRLF do not count',
    text: '\uFEFFpid = /x\r\n[a]\r\n',
    lines: ['1:7 pid=/x', '2:2 [a]'],
  },
  {
    title: 'a bracket that is not closed is no section',
    text: '[a',
    problems: ["f:1:1: '[a' has no '='; write 'option = value', or '[name]' to open a service"],
  },
  { title: 'a section needs a name', text: '[]', problems: ['f:1:1: a service needs a name between the brackets'] },
  {
    title: 'a line without = is a problem',
    text: 'accept 443',
    problems: ["f:1:1: 'accept 443' has no '='; write 'option = value', or '[name]' to open a service"],
  },
  {
    title: 'a comment behind a value is a problem, which stunnel does not see',
    text: 'a = 1\nconnect = 80 ; the router',
    lines: ['1:5 a=1'],
    problems: ["f:2:14: a comment needs a line of its own: to stunnel '; the router' is part of the value"],
  },
  { title: 'a # inside a word is part of the value', text: 'service = a#b', lines: ['1:11 service=a#b'] },
];

describe('readStunnelConf', () => {
  for (const { title, text, lines = [], problems = [] } of cases) {
    it(title, () => assert.deepEqual(read(text), { lines, problems }));
  }
});
