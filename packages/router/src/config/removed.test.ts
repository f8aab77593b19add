import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords } from '@headgate/shared/config/words';
import { successorOf } from './removed.ts';

const at = { file: 'x.cfg', line: 1, column: 1 };

function successor(line: string): string | undefined {
  const [first, ...rest] = splitWords(line, at, {}).words;
  assert.ok(first);
  return successorOf({ words: [first, ...rest] })
    ?.words.map(({ text }) => text)
    .join(' ');
}

const LINES: Readonly<Record<string, string | undefined>> = {
  'clitimeout 600000': 'timeout client 600000',
  'contimeout 5s': 'timeout connect 5s',
  'srvtimeout 5s': 'timeout server 5s',
  redispatch: 'option redispatch',
  'block if { path_beg /x }': 'http-request deny if { path_beg /x }',
  'option forceclose': 'option httpclose',
  'option http-tunnel': 'option http-keep-alive',
  'reqadd X-Forwarded-Proto:\\ https': 'http-request add-header X-Forwarded-Proto https',
  'rspadd Strict-Transport-Security:\\ max-age=15768000 if secure':
    'http-response add-header Strict-Transport-Security max-age=15768000 if secure',
  'reqidel ^X-Secret:.*': 'http-request del-header X-Secret',
  'rspdel ^Server:.*': 'http-response del-header Server',
  'reqrep ^([^\\ :]*)\\ /p1/(.*) \\1\\ /\\2': 'http-request replace-pathq ^/p1/(.*) /\\1',
  'reqrep ^([^\\ ]*\\ /)p1[/]?(.*) \\1\\2': 'http-request replace-pathq ^(/)p1[/]?(.*) \\1\\2',
  'reqirep ^([^\\ ].*)p2/p8[/]?(.*) \\1\\2 if a_9': 'http-request replace-pathq (?i)^(.*)p2/p8[/]?(.*) \\1\\2 if a_9',
  'reqirep ^Host:\\ www.(.*) Host:\\ \\1': 'http-request replace-header Host (?i)^www.(.*) \\1',
  'rspirep ^Location:\\ http://(.*) Location:\\ https://\\1':
    'http-response replace-header Location (?i)^http://(.*) https://\\1',
  'reqideny ^Cookie:.*evil': 'http-request deny if { hdr_reg(Cookie) -i evil }',
  'reqdeny ^([^\\ ]*)\\ /private': 'http-request deny if { path_reg ^/private }',
  'reqideny ^[^\\ :]*\\ /private': 'http-request deny if { path_reg -i ^/private }',
  // No counterpart word for word: the successor is named, and its arguments are the reader's.
  'reqrep ^(GET|POST)\\ (.*) \\1\\ \\2': undefined,
  'reqrep ^([^\\ ]*)\\ /a PUT\\ /b': undefined,
  'reqrep ^Host:\\ a X-Host:\\ b': undefined,
  'reqdel Cookie': undefined,
  'option httplog': undefined,
  'timeout client 5s': undefined,
};

for (const [line, wanted] of Object.entries(LINES))
  test(`${line} → ${wanted ?? 'its successor by name'}`, () => assert.equal(successor(line), wanted));
