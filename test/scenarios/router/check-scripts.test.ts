import assert from 'node:assert/strict';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import type { Router } from '../../support/programs.ts';
import { startProgram } from '../../support/programs.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { TempDir } from '../../support/temp.ts';

type Behaviour = (socket: Socket) => void;

/** Sends this at once. */
const banner =
  (text: string): Behaviour =>
  (socket) =>
    void socket.write(text, 'latin1');

/** Answers each question that it knows; `greeting` comes first. */
const dialogue =
  (answers: Readonly<Record<string, string>>, greeting = ''): Behaviour =>
  (socket) => {
    if (greeting !== '') socket.write(greeting, 'latin1');
    let asked = '';
    socket.on('data', (bytes) => {
      asked += bytes.toString('latin1');
      for (const [question, answer] of Object.entries(answers)) {
        if (!asked.includes(question)) continue;
        asked = '';
        socket.write(answer, 'latin1');
      }
    });
  };

const http = (response: string): Behaviour => dialogue({ '\r\n\r\n': response });

const MYSQL_GREETING = `\x24\0\0\0\x0a5.7.1\0${'\0'.repeat(29)}`;
const SMTP = { 'HELO localhost\r\n': '250-a\r\n250 fine\r\n', 'EHLO x\r\n': '250 fine\r\n', 'QUIT\r\n': '221 bye\r\n' };
const LDAP_OK = '\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00';
const LDAP_NO = '\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00';
const REDIS = { 'PING\r\n': '+PONG\r\n', 'info replication\r\n': 'role:master\r\n', 'QUIT\r\n': '+OK\r\n' };

interface Case {
  readonly lines: readonly string[];
  readonly server: Behaviour | 'refuses';
  /** What both log about the first check, without the duration. */
  readonly logged: string;
}

const passed = (rest: string): string => `succeeded, reason: ${rest}, status: 3/3 UP.`;
const failed = (rest: string): string => `failed, reason: ${rest}, status: 0/2 DOWN.`;
const PASSED = passed('Layer7 check passed, code: 0, info: "(tcp-check)"');
const tcp = (...lines: readonly string[]): readonly string[] => [
  'option tcp-check',
  ...lines.map((line) => `tcp-check ${line}`),
];
const check = (...lines: readonly string[]): readonly string[] => [
  'option httpchk GET /x',
  ...lines.map((line) => `http-check ${line}`),
];
const POP = banner('+OK POP3 ready\r\n');
const NO_MORE: Behaviour = (socket) => void socket.end('y');
const NO = banner('-ERR nope\r\n');
const HELLO = http('HTTP/1.1 200 OK\r\nX-State: good, better\r\nContent-Length: 5\r\n\r\nhello');
const CHUNKED = http('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n');
const MISSING = http('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');

const CASES: Readonly<Record<string, Case>> = {
  string: { lines: tcp('expect string +OK\\ POP3'), server: POP, logged: PASSED },
  dialogue: {
    lines: tcp(
      'send PING\\r\\n',
      'expect string +PONG',
      'send info\\ replication\\r\\n',
      'expect string role:master',
      'send QUIT\\r\\n',
      'expect string +OK',
    ),
    server: dialogue(REDIS),
    logged: PASSED,
  },
  'binary-question': {
    lines: tcp('send-binary 50494e470d0a', 'expect binary 2b504F4e47'),
    server: dialogue(REDIS),
    logged: PASSED,
  },
  rbinary: { lines: tcp('expect rbinary ^2B4F4B'), server: POP, logged: PASSED },
  negated: {
    lines: tcp('expect ! string nope'),
    server: NO,
    logged: failed('Layer7 invalid response, info: "TCPCHK matched unwanted content \'nope\' at step 1"'),
  },
  conclusive: {
    lines: tcp('expect min-recv 0 rstring ^[+]'),
    server: NO,
    logged: failed('Layer7 invalid response, info: "TCPCHK did not match content (regex) at step 1"'),
  },
  comment: {
    lines: tcp('connect', 'expect min-recv 4 comment greeting string +OK'),
    server: NO,
    logged: failed('Layer7 invalid response, info: "TCPCHK did not match content \'+OK\' at step 2 comment: greeting"'),
  },
  silent: {
    lines: ['timeout check 200ms', ...tcp('connect', 'comment waiting', 'expect string x')],
    server: () => {},
    logged: failed("Layer7 timeout, info: \" at step 3 of tcp-check (expect string 'x') comment: 'waiting'\""),
  },
  'hangs-up': {
    lines: tcp('expect string x'),
    server: (socket) => void socket.end(),
    logged: failed('Layer7 invalid response, info: "TCPCHK got an empty response at step 1"'),
  },
  'other-port': {
    lines: tcp('connect', 'send x', 'connect port 1'),
    server: POP,
    logged: failed('Layer4 connection problem, info: "Connection refused at step 3 of tcp-check (connect port 1)"'),
  },
  'connect-only': { lines: tcp('connect'), server: POP, logged: passed('Layer4 check passed, info: "(tcp-check)"') },
  'no-lines': { lines: tcp(), server: POP, logged: passed('Layer4 check passed') },
  statuses: {
    lines: tcp('expect ok-status L6OK on-success "fine %[res.len]" string +OK'),
    server: POP,
    logged: passed('Layer6 check passed, info: "fine 16"'),
  },
  variables: {
    lines: tcp(
      'set-var-fmt(check.wanted) "+O%[str(K)]"',
      'expect min-recv 0 error-status L7STS on-error "got %[res.payload(0,4)]" status-code res.len string-lf %[var(check.wanted)]',
    ),
    server: NO,
    logged: failed('Layer7 wrong status, code: 11, info: "got -ERR"'),
  },
  'two-comments': {
    lines: tcp('connect', 'comment one', 'comment two', 'expect string x'),
    server: NO_MORE,
    logged: failed('Layer7 invalid response, info: "TCPCHK did not match content \'x\' at step 4 comment: two"'),
  },
  'bad-digits': {
    lines: tcp('expect binary-lf %[str(6x)]'),
    server: POP,
    logged: failed(
      'Layer7 invalid response, info: "Failed to parse hexastring resulting of eval of a log-format string"',
    ),
  },
  'other-address': {
    lines: tcp('connect addr 127.0.0.9:1'),
    server: POP,
    logged: failed('Layer4 connection problem, info: "Connection refused at step 1 of tcp-check (connect)"'),
  },
  'made-port': {
    lines: tcp('set-var(check.p) int(1)', 'connect port var(check.p)'),
    server: POP,
    logged: failed('Layer4 connection problem, info: "Connection refused at step 2 of tcp-check (connect)"'),
  },
  'nothing-unwanted': {
    lines: tcp('expect ! string x'),
    server: (socket) => void socket.end(),
    logged: failed('Layer7 invalid response, info: "TCPCHK got an empty response at step 1"'),
  },
  'hostile-text': {
    lines: tcp('expect min-recv 0 on-error "got %[res.payload(0,0)]" string +OK'),
    server: banner('-ERR "a", status: 3/3 UP. <b>\xe9'),
    logged: failed('Layer7 invalid response, info: "got -ERR <22>a<22>, status: 3/3 UP. <3C>b<3E><E9>"'),
  },
  'long-text': {
    lines: tcp('expect min-recv 0 on-error "got %[res.payload(0,0)]" string +OK'),
    server: banner('-'.repeat(300)),
    logged: failed(`Layer7 invalid response, info: "got ${'-'.repeat(123)}"`),
  },
  'hostile-protocol': {
    lines: ['option redis-check'],
    server: (socket) => void socket.end('-ERR "a" <b>\x1b\xe9\tx\r\n', 'latin1'),
    logged: failed('Layer7 wrong status, code: 0, info: "-ERR <22>a<22> <3C>b<3E><1B><E9><09>x"'),
  },
  'hostile-reason': {
    lines: check('expect status 300'),
    server: http('HTTP/1.1 200 a "b" <c>\x1b\xe9\r\nContent-Length: 0\r\n\r\n'),
    logged: failed('Layer7 wrong status, code: 200, info: "a <22>b<22> <3C>c<3E><1B><E9>"'),
  },
  body: { lines: check('expect string hello'), server: HELLO, logged: passed('Layer7 check passed, code: 200') },
  chunks: { lines: check('expect string hello'), server: CHUNKED, logged: passed('Layer7 check passed, code: 200') },
  'other-body': {
    lines: check('expect string hallo'),
    server: HELLO,
    logged: failed('Layer7 invalid response, info: "HTTP content check did not match"'),
  },
  'unwanted-body': {
    lines: check('expect ! rstring h.llo'),
    server: HELLO,
    logged: failed('Layer7 invalid response, info: "HTTP check matched unwanted content"'),
  },
  'no-body': {
    lines: check('expect string hello'),
    server: MISSING,
    logged: failed('Layer7 invalid response, info: "HTTP content check could not find a response body"'),
  },
  'body-of-204': {
    lines: check('expect ! string bad'),
    server: http('HTTP/1.1 204 No Content\r\n\r\n'),
    logged: failed('Layer7 invalid response, info: "HTTP content check could not find a response body"'),
  },
  rstatus: {
    lines: check('expect rstatus ^5'),
    server: HELLO,
    logged: failed('Layer7 wrong status, code: 200, info: "OK"'),
  },
  hdr: {
    lines: check('expect hdr name x-state value -m beg bett'),
    server: HELLO,
    logged: passed('Layer7 check passed, code: 200'),
  },
  fhdr: {
    lines: check('expect fhdr name x-state value -m beg bett'),
    server: HELLO,
    logged: failed('Layer7 wrong status, code: 200, info: "OK"'),
  },
  'read-body': {
    lines: check('expect on-error "%[res.hdr(x-state)] %[res.body] %[res.body_size]" status 300'),
    server: HELLO,
    logged: failed('Layer7 wrong status, code: 200, info: "better hello 5"'),
  },
  'half-a-head': {
    lines: check(),
    server: (socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n')),
    logged: failed('Layer7 invalid response'),
  },
  'bad-field': {
    lines: check(),
    server: http('HTTP/1.1 200 OK\r\na b\r\n\r\n'),
    logged: failed('Layer7 invalid response'),
  },
  'bad-length': {
    lines: check(),
    server: http('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'),
    logged: failed('Layer7 invalid response'),
  },
  'no-http': { lines: check(), server: http('<html>'), logged: failed('Layer7 invalid response') },
  'on-error': {
    lines: check('expect on-error "got %[status]" status 300'),
    server: HELLO,
    logged: failed('Layer7 wrong status, code: 200, info: "got 200"'),
  },
  'two-requests': {
    lines: check(
      'connect',
      'send meth GET uri /one',
      'expect status 200',
      'connect default',
      'send meth GET uri /two ver HTTP/1.1 hdr host b',
      'expect status 201 comment second',
    ),
    server: HELLO,
    logged: failed('Layer7 wrong status, code: 200, info: "OK comment: second"'),
  },
  leaving: {
    lines: check('disable-on-404'),
    server: MISSING,
    logged: 'conditionally succeeded, reason: Layer7 check conditionally passed, code: 404, status: 3/3 UP.',
  },
  'server-state': {
    lines: check('send-state'),
    server: dialogue({ 'x-haproxy-server-state: UP; address=127.0.0.1; port=': 'HTTP/1.0 200 OK\r\n\r\n' }),
    logged: passed('Layer7 check passed, code: 200'),
  },
  garbage: { lines: check(), server: http('garbage\r\n\r\n'), logged: failed('Layer7 invalid response') },
  'no-response': {
    lines: check(),
    server: (socket) => void socket.once('data', () => socket.end()),
    logged: failed('Layer7 invalid response'),
  },
  redis: {
    lines: ['option redis-check'],
    server: dialogue(REDIS),
    logged: passed('Layer7 check passed, code: 0, info: "Redis server is ok"'),
  },
  smtp: {
    lines: ['option smtpchk'],
    server: dialogue(SMTP, '220 hi ESMTP\r\n'),
    logged: passed('Layer7 check passed, code: 221, info: "bye"'),
  },
  'smtp-ehlo': {
    lines: ['option smtpchk EHLO x'],
    server: dialogue(SMTP, '220 hi ESMTP\r\n'),
    logged: passed('Layer7 check passed, code: 221, info: "bye"'),
  },
  'smtp-leaves': {
    lines: ['option smtpchk'],
    server: (socket) => void socket.end('220 hi\r\n'),
    logged: failed('Layer7 wrong status, code: 0, info: "TCPCHK got an empty response at step 5"'),
  },
  'pgsql-refuses': {
    lines: ['option pgsql-check user bob'],
    server: dialogue({ 'user\0bob\0\0': 'E\0\0\0\x18SFATAL\0C28000\0Mno\0\0' }),
    logged: failed('Layer7 invalid response, info: "FATAL"'),
  },
  'pgsql-leaves': {
    lines: ['option pgsql-check user bob'],
    server: (socket) => void socket.once('data', () => socket.end()),
    logged: failed('Layer7 invalid response, info: "TCPCHK got an empty response at step 3"'),
  },
  'no-smtp': {
    lines: ['option smtpchk'],
    server: POP,
    logged: failed('Layer7 invalid response, info: "+OK POP3 ready"'),
  },
  mysql: {
    lines: ['option mysql-check'],
    server: banner(MYSQL_GREETING),
    logged: passed('Layer7 check passed, code: 0, info: "5.7.1"'),
  },
  'mysql-user': {
    lines: ['option mysql-check user haproxy'],
    server: dialogue({ 'haproxy\0\0\x01\0\0\0\x01': '\x07\0\0\x02\0\0\0\x02\0\0\0' }, MYSQL_GREETING),
    logged: passed('Layer7 check passed, code: 0, info: "5.7.1"'),
  },
  'mysql-denied': {
    lines: ['option mysql-check'],
    server: banner('\x17\0\0\0\xff\x15\x04Access denied for us'),
    logged: failed('Layer7 wrong status, code: 1045, info: "Access denied for us"'),
  },
  pgsql: {
    lines: ['option pgsql-check user bob'],
    server: dialogue({ 'user\0bob\0\0': 'R\0\0\0\x0c\0\0\0\x05abcd' }),
    logged: passed('Layer7 check passed, code: 0, info: "PostgreSQL server is ok"'),
  },
  'no-pgsql': {
    lines: ['option pgsql-check user bob'],
    server: POP,
    logged: failed('Layer7 wrong status, code: 0, info: "PostgreSQL unknown error"'),
  },
  ldap: {
    lines: ['option ldap-check'],
    server: dialogue({ '\x30\x0c\x02\x01\x01\x60': LDAP_OK }),
    logged: passed('Layer7 check passed, code: 0, info: "Success"'),
  },
  'ldap-refused': {
    lines: ['option ldap-check'],
    server: dialogue({ '\x30\x0c\x02\x01\x01\x60': LDAP_NO }),
    logged: failed('Layer7 wrong status, code: 49, info: "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"'),
  },
  'no-ldap': {
    lines: ['option ldap-check'],
    server: POP,
    logged: failed('Layer7 invalid response, info: "Not LDAPv3 protocol"'),
  },
  'tls-hello': {
    lines: ['option ssl-hello-chk'],
    server: dialogue({ '\x16\x03': '\x15\x03\x01\0\x02\x02\x46' }),
    logged: passed('Layer6 check passed'),
  },
  'no-tls': { lines: ['option ssl-hello-chk'], server: POP, logged: failed('Layer6 invalid response') },
};

async function serve(t: TestContext, behave: Behaviour): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('end', () => socket.end());
    socket.resume();
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(t, async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function configuration(t: TestContext, log: number, port: number): Promise<string> {
  const backends: string[] = [];
  for (const [name, { lines, server }] of Object.entries(CASES)) {
    const at = server === 'refuses' ? 1 : await serve(t, server);
    backends.push(`backend ${name}`, ...lines.map((line) => `  ${line}`), `  server s 127.0.0.1:${at} check`);
  }
  return [
    `global\n  log 127.0.0.1:${log} local0`,
    'defaults\n  mode http\n  log global\n  option log-health-checks',
    '  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n  timeout check 5s\n  default-server inter 1s fall 1 rise 2',
    `frontend f\n  bind 127.0.0.1:${port}`,
    ...backends,
    '',
  ].join('\n');
}

forEachRouter('every kind of check says in the log what it found, in the same words', async (t, router: Router) => {
  const syslog = await startSyslog(t);
  const port = await freePort();
  const config = await configuration(t, syslog.port, port);
  // The number of successes and failures differs with the settings above; both count alike.
  await startProgram(t, router, new TempDir(t).write('haproxy.cfg', config), [port]);
  for (const [name, { logged }] of Object.entries(CASES)) {
    const line = await syslog.message(new RegExp(`^Health check for server ${name}/s `));
    const found = line.replace(/^Health check for server \S+ /, '').replace(/, check duration: \d+ms/, '');
    assert.equal(found.replace(/, status: .*$/, ''), logged.replace(/, status: .*$/, ''), name);
  }
});
