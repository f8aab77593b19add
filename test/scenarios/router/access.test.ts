/** Who may ask for what: user lists and `http-request auth`, beside HAProxy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside } from '../../support/beside.ts';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';

/** `x`, by crypt(3), in every form. */
const HASHES = {
  md5: '$1$ab$e2KlfqG5YBMTjSz7XF.Eu1',
  sha256: '$5$rounds=2000$salt$fQg6z/iKgaNDUFUZUtrOoU7tUmJ6gmxN8gRsON1nuH4',
  sha512: '$6$$KvRrc0bxRLyTUhO8OJOmRczh7oCol5BACiR8rmdfVzvuGgm8JmLDumsL/ah.jFtT.DswxoP9Nv3ByfU4j5hm/0',
  bcrypt: '$2y$08$abcdefghijklmnopqrstuuEuTnUqlzh2Urjs2SrsUWfM7R.QA10.u',
} as const;

const USERS = [
  'group admins users alice',
  'group staff',
  "user alice insecure-password 'pw a'",
  'user carol insecure-password pw groups staff',
  'user umlaut insecure-password pä',
  'user broken password nonsense',
  ...Object.entries(HASHES).map(([name, hash]) => `user ${name} password ${hash} groups staff,admins`),
];

function get(path: string, ...headers: readonly string[]): string {
  return `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${headers.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`;
}

function login(user: string, password: string): string {
  return `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const SHOW =
  'http-request return status 200 content-type text/plain lf-string "%[http_auth(people)] ' +
  '%[http_auth_group(people)] %[http_auth_user] %[http_auth_pass] %[http_auth_type]" if { path /show }';

const REQUESTS = {
  'no credentials': get('/'),
  'no credentials, HEAD': 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'no credentials, a body': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
  'a realm': get('/realm'),
  'a plain password': get('/', login('alice', 'pw a')),
  'a wrong password': get('/', login('alice', 'pw b')),
  'an empty password': get('/', login('alice', '')),
  'an unknown user': get('/', login('eve', 'x')),
  'a password that is no hash': get('/', login('broken', 'nonsense')),
  'bytes beyond ASCII': get('/', login('umlaut', 'pä')),
  'a group': get('/admin', login('alice', 'pw a')),
  'another group': get('/admin', login('carol', 'pw')),
  'the rules of the backend': get('/inner/x', login('carol', 'pw')),
  'the rules of the backend, without': get('/inner/x'),
  'the chosen backend': get('/choose', login('carol', 'pw')),
  ...Object.fromEntries(
    Object.keys(HASHES).flatMap((name) => [
      [`${name}, right`, get('/admin', login(name, 'x'))],
      [`${name}, right again`, get('/show', login(name, 'x'))],
      [`${name}, wrong`, get('/show', login(name, 'y'))],
      [`${name}, in a backend`, get('/inner/x', login(name, 'x'))],
    ]),
  ),
  'shown, none': get('/show'),
  'shown, plain': get('/show', login('alice', 'pw a')),
  'shown, two lines': get('/show', login('carol', 'pw'), login('alice', 'pw a')),
  'shown, lower case': get('/show', 'authorization: basic Y2Fyb2w6cHc='),
  'shown, two blanks': get('/show', 'Authorization: Basic  Y2Fyb2w6cHc='),
  'shown, no padding': get('/show', 'Authorization: Basic Y2Fyb2w6cHc'),
  'shown, no base64': get('/show', 'Authorization: Basic !!!!'),
  'shown, no colon': get('/show', 'Authorization: Basic YWxpY2U='),
} as const;

for (const engine of ENGINES) {
  test(
    `engine ${engine}: users, groups and challenges are those of HAProxy`,
    { skip: missing('haproxy'), timeout: 120_000 },
    async (t) => {
      await beside(t, {
        engine,
        logs: true,
        requests: REQUESTS,
        parts: {
          frontend: [
            'acl known http_auth(people)',
            SHOW,
            'http-request auth realm "Nice Realm" if { path /realm }',
            'http-request auth if { path_beg /admin } !{ http_auth_group(people) admins }',
            'http-request set-header X-User %[http_auth_group(people)] if known',
            'http-request auth unless known or { path_beg /inner /choose }',
            'use_backend chosen if { path /choose } { http_auth_group(people) staff }',
            'use_backend inner if { path_beg /inner }',
          ],
          backends: {
            inner: ['http-request auth unless { http_auth_group(people) staff }', 'http-request return status 204'],
            chosen: ['http-request return status 202'],
          },
          sections: { 'userlist people': USERS },
        },
        // The date of a log line, and what the origin is told of a connection, are not what this is about.
        normal: (text) => text.replace(/^connection: .*\r\n/gim, ''),
      });
    },
  );

  test(`engine ${engine}: an errorfile for 401 is sent with the challenge`, async (t) => {
    const { port } = await startRouting(t, 'router', {
      frontend: [
        ...engineStatements(engine),
        'errorloc303 401 /login',
        'http-request auth realm here unless { http_auth(people) }',
      ],
      sections: { 'userlist people': USERS },
    });
    const answer = await exchange(t, port, get('/'));
    assert.match(answer, /^HTTP\/1\.1 303 See Other\r\n/);
    assert.match(answer, /\r\nlocation: \/login\r\n/);
    assert.match(answer, /\r\nwww-authenticate: Basic realm="here"\r\n/);
  });

  test(`engine ${engine}: a flood of guesses is refused, and those who are known still get in`, async (t) => {
    const { port, syslog } = await startRouting(t, 'router', {
      frontend: [
        ...engineStatements(engine),
        'http-request auth unless { http_auth(people) }',
        'http-request return status 200 content-type text/plain string in',
      ],
      sections: { 'userlist people': USERS },
    });
    assert.match(await exchange(t, port, get('/', login('bcrypt', 'x'))), /^HTTP\/1\.1 200 /);
    const guesses = Array.from({ length: 30 }, (_, index) =>
      exchange(t, port, get('/', login('bcrypt', `guess ${index}`))),
    );
    const known = await exchange(t, port, get('/', login('bcrypt', 'x')));
    assert.match(known, /^HTTP\/1\.1 200 /);
    const answers = await Promise.all(guesses);
    const refused = answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '));
    const denied = answers.filter((answer) => answer.startsWith('HTTP/1.1 401 '));
    assert.equal(refused.length + denied.length, 30);
    assert.ok(refused.length >= 20, `${refused.length} refused`);
    assert.ok(denied.length >= 4, `${denied.length} checked`);
    await syslog.message(/ 503 \d+ - - RR-- /);
  });
}
