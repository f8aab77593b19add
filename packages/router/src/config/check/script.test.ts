import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { rehearse } from '../../checks/testing.ts';
import type { CheckScript } from '../../model/check.ts';
import { compile } from '../compile.ts';
import { readHaproxyCfg } from '../haproxy-cfg.ts';

function compiled(text: string): { readonly script: CheckScript | undefined; readonly messages: readonly string[] } {
  const problems = new Problems();
  const raw = readHaproxyCfg(text, 'x.cfg', {}, problems);
  const { snapshot } = compile(raw, { readFile: () => undefined }, problems);
  return { script: snapshot?.backends.get('b')?.checkScript, messages: problems.list.map(formatProblem) };
}

function scriptOf(...lines: readonly string[]): CheckScript {
  const { script, messages } = compiled(
    `frontend f\n bind :80\nbackend b\n${lines.map((line) => ` ${line}\n`).join('')}`,
  );
  assert.ok(script, messages.join('\n'));
  return script;
}

const kinds = ({ steps }: CheckScript): string => steps.map(({ kind, number }) => `${number} ${kind}`).join(', ');

describe('the script of a check', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['is a connection without an option', [], '0 connect'],
    ['begins with a connection that counts as step 0', ['option tcp-check', 'tcp-check send x'], '0 connect, 1 send'],
    [
      'begins with the connection that is written',
      ['option tcp-check', 'tcp-check connect', 'tcp-check send x'],
      '1 connect, 2 send',
    ],
    ['sends the request of option httpchk and expects 2xx or 3xx', ['option httpchk'], '0 connect, 1 send, 2 expect'],
    [
      'sends the request first, although http-check send is written below the expectation',
      ['option httpchk', 'http-check expect status 200', 'http-check send meth GET'],
      '0 connect, 1 send, 2 expect',
    ],
    [
      'has as many requests as there are http-check send lines',
      ['option httpchk', 'http-check send uri /a', 'http-check expect status 200', 'http-check send uri /b'],
      '0 connect, 1 send, 2 expect, 3 send, 4 expect',
    ],
    ['counts comments', ['option tcp-check', 'tcp-check comment a', 'tcp-check connect'], '2 connect'],
    ['is the last option’s', ['option httpchk', 'option tcp-check'], '0 connect'],
  ];
  for (const [title, lines, expected] of cases) it(title, () => assert.equal(kinds(scriptOf(...lines)), expected));

  it('drops the lines of the defaults when its section has one', () => {
    const text =
      'defaults\n option tcp-check\n tcp-check send x\n tcp-check send y\nfrontend f\n bind :80\nbackend b\n tcp-check send z\n';
    const { script } = compiled(text);
    assert.ok(script);
    assert.deepEqual(rehearse(script, []).sent, ['z']);
  });
});

describe('option httpchk', () => {
  // Recorded from HAProxy 2.6.12.
  const requests: readonly (readonly [readonly string[], string])[] = [
    [['option httpchk'], 'OPTIONS / HTTP/1.0\r\n\r\n'],
    [['option httpchk /health'], 'OPTIONS /health HTTP/1.0\r\n\r\n'],
    [['option httpchk GET /x HTTP/1.1'], 'GET /x HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [['option httpchk GET / HTTP/1.1\\r\\nHost:\\ www'], 'GET / HTTP/1.1\r\nhost: www\r\nconnection: close\r\n\r\n'],
    [
      ['option httpchk GET /x', 'http-check send hdr Host example.org hdr X-A b'],
      'GET /x HTTP/1.0\r\nhost: example.org\r\nx-a: b\r\n\r\n',
    ],
    [
      ['option httpchk POST /x HTTP/1.1', 'http-check send hdr Host h'],
      'POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    ],
    [
      ['option httpchk', 'http-check send ver HTTP/1.1 hdr Connection Upgrade hdr Upgrade websocket'],
      'OPTIONS / HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: aGVhZGdhdGUgY2hlY2tzIQ==\r\n\r\n',
    ],
    [['option httpchk', 'http-check send meth GET body hello'], 'GET / HTTP/1.0\r\ncontent-length: 5\r\n\r\nhello'],
    [
      ['option httpchk', 'http-check send uri-lf /%[hostname] hdr X-T %[int(7)] body-lf "n=%[str(a)]"'],
      'OPTIONS /lb1 HTTP/1.0\r\nx-t: 7\r\ncontent-length: 3\r\n\r\nn=a',
    ],
    [['option httpchk', 'http-check send-state'], 'OPTIONS / HTTP/1.0\r\nx-haproxy-server-state: UP\r\n\r\n'],
  ];
  for (const [lines, expected] of requests)
    it(`sends ${JSON.stringify(expected)}`, () => assert.deepEqual(rehearse(scriptOf(...lines), []).sent, [expected]));

  const responses = [
    ['HTTP/1.1 200 OK\r\n\r\n', 'L7OK', 200, ''],
    ['HTTP/1.0 302 Found\r\nlocation: /\r\n\r\n\r\n', 'L7OK', 302, ''],
    ['HTTP/1.1 204\r\n\r\n', 'L7OK', 204, ''],
    ['HTTP/1.1 200 OK\n\n', 'L7OK', 200, ''],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'L7STS', 100, 'Continue'],
    ['HTTP/1.1 404 Not Found\r\n\r\n', 'L7STS', 404, 'Not Found'],
    ['HTTP/1.1 500 a"b\x1b[31m\xe9\r\n\r\n', 'L7STS', 500, 'a<22>b<1B>[31m<E9>'],
    [`HTTP/1.1 500 ${'x'.repeat(300)}\r\n\r\n`, 'L7STS', 500, 'x'.repeat(100)],
    ['hello\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1 2000 OK\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1  200 OK\r\n', 'L7RSP', undefined, ''],
    ['\r\nHTTP/1.1 200 OK\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1 200 OK\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1 200 OK\r\nA b\r\n\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'L7RSP', undefined, ''],
    ['', 'L7RSP', undefined, ''],
  ] as const;
  for (const [response, status, code, info] of responses)
    it(`makes ${status} of ${JSON.stringify(response.slice(0, 40))}`, () => {
      const passed = status === 'L7OK';
      assert.deepEqual(rehearse(scriptOf('option httpchk'), [response]).verdict, { passed, status, code, info });
    });

  it('expects the codes that are written', () => {
    const passes = (expect: string): number[] =>
      [200, 204, 302, 404, 500].filter(
        (code) =>
          rehearse(scriptOf('option httpchk', `http-check expect ${expect}`), [`HTTP/1.1 ${code} x\r\n\r\n`]).verdict
            ?.passed,
      );
    assert.deepEqual(passes('status 200,404-499'), [200, 404]);
    assert.deepEqual(passes('! status 500-599'), [200, 204, 302, 404]);
    assert.deepEqual(passes('!rstatus ^2'), [302, 404, 500]);
  });

  it("keeps the request of the defaults for a lone 'http-check expect', with a warning", () => {
    const { script, messages } = compiled(
      'defaults\n option httpchk GET /d\n http-check expect status 500\nfrontend f\n bind :80\nbackend b\n http-check expect status 204\n',
    );
    assert.ok(script);
    assert.deepEqual(rehearse(script, []).sent, ['GET /d HTTP/1.0\r\n\r\n']);
    assert.equal(rehearse(script, ['HTTP/1.1 500 x\r\n\r\n']).verdict?.passed, false);
    assert.match(messages.join('\n'), /x\.cfg:7:13: warning: 'b' keeps the request of its defaults;/);
  });
});

describe('what is wrong with a check is said at its word', () => {
  const cases = [
    ['tcp-check', 'needs one of send, send-lf, send-binary, send-binary-lf, connect, comment, expect'],
    ['tcp-check expct string x', "unknown step 'expct'; did you mean 'expect'?"],
    ['tcp-check expect sring x', "unknown thing to expect 'sring'"],
    ['tcp-check expect rstring a(', "regular expression 'a('"],
    ['tcp-check expect binary 4', 'not an even number of hexadecimal digits'],
    ['tcp-check send-binary xyz', 'not an even number of hexadecimal digits'],
    ['tcp-check send-lf %[src]', 'a client, which a health check does not have'],
    ['tcp-check connect port 0', 'port'],
    ['tcp-check connect sni', "'tcp-check connect sni' needs a name"],
    ['tcp-check expect ok-status L7STS string x', "unknown status 'L7STS'"],
    ['http-check expect hdr x y', "unknown part of a header 'x'"],
    ['http-check send hdr a\\ b c', "'a b' is not the name of a header"],
    ['http-check expect status 2xx', "'2xx' is not a list of codes"],
    ['http-check expect status 299-200', 'a range that ends before it begins'],
    ['tcp-check connect addr a.test', "'a.test' is not an IP address"],
    ['option pgsql-check', 'user'],
  ] as const;
  for (const [line, expected] of cases)
    it(line, () => {
      const option = line.startsWith('http') ? 'option httpchk' : 'option tcp-check';
      const { messages } = compiled(`frontend f\n bind :80\nbackend b\n ${option}\n ${line}\n`);
      assert.ok(
        messages.some((message) => message.includes(':5:') && message.includes(expected)),
        messages.join('\n'),
      );
    });
});
