/** The values of sample expressions, compared byte for byte with HAProxy's: `http-request return` sends them back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { evaluationOf } from '@headgate/router/rules/testing';
import { compileExpression, textValue } from '@headgate/router/sample/expression';
import { messageExpressions } from '../../support/binary-messages.ts';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { TempDir } from '../../support/temp.ts';

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

const map = `# a map
alpha first value
beta 2
alp prefix
10.0.0.0/8 net8
10.1.0.0/16 net16
127.0.0.1 home
/static files
a.test domain
1:99 small
404 missing
`;
const numbers = '80 eighty\n1:79 low\n';
const networks = '10.0.0.0/8 net8\n10.1.0.0/16 net16\n127.0.0.0/8 home\n';
const patterns = '^a(.)c b\\1d\nx+ many\n';

/** Expressions independent of the request: each is compared once. */
const constants = (folder: string): readonly string[] => [
  'str(abc)',
  'str()',
  'str("a,b")',
  "str('a,b')",
  'str(a b)',
  'str("a\\"b")',
  'str(a\\"b)',
  'bin(00ff41)',
  'int(-5)',
  'int(0)',
  'int(9223372036854775807)',
  'bool(true)',
  'bool(0)',
  'ipv4(1.2.3.4)',
  'ipv6(::1)',
  'ipv6(2001:db8:0:0:1::1)',
  'ipv6(::ffff:1.2.3.4)',
  'ipv6(1::)',
  'meth(PATCH)',
  'always_true',
  'always_false',
  // casts
  'str(12abc),add(0)',
  'str(abc),add(0)',
  'str(),add(0)',
  'str("  5"),add(1)',
  'str(+5),add(1)',
  'str(-5),add(1)',
  'str(9223372036854775808),add(0)',
  'ipv4(1.2.3.4),add(0)',
  'int(16909060),ipmask(32)',
  'str(1.2.3.4:80),ipmask(24)',
  'meth(GET),length',
  'int(5),length',
  'str(yes),bool',
  'str(1),not',
  'str(a),not',
  // integers; HAProxy 2.6 treats -7 - 1 as an overflow, which is a bug
  ...[
    'add(1)',
    'sub(1)',
    'mul(2)',
    'mul(-4)',
    'div(-1)',
    'mod(-1)',
    'neg',
    'cpl',
    'and(255)',
    'or(256)',
    'xor(-1)',
    'odd',
    'even',
    'bool',
    'not',
  ].flatMap((step) =>
    ['5', '-7', '9223372036854775807', '-9223372036854775808', '4611686018427387904', '9007199254740993'].map(
      (of) => `int(${of}),${step}`,
    ),
  ),
  'int(5),div(0)',
  'int(5),mod(0)',
  'int(-7),div(2)',
  'int(-7),mod(2)',
  'bool(1),iif(a,b)',
  'int(0),iif(a,b)',
  ...['str(x)', 'str()'].map((text) => `${text},iif(a,b)`),
  // texts
  ...['field', 'word'].flatMap((name) =>
    ['a.b.c.d', '..a..b..c..', '', '.', 'a.', 'a'].flatMap((text) =>
      ['1,.', '2,.', '-1,.', '-2,.', '5,.', '2,.,2', '2,.,0', '-2,.,2', '-3,.,0', '-3,.,9', '3,.,9', '1,".b"'].map(
        (args) => `str(${text}),${name}(${args})`,
      ),
    ),
  ),
  ...['0', '1', '3', '5', '1,1', '1,9', '0,0'].map((args) => `str(abc),bytes(${args})`),
  'str(abc),concat(x)',
  'str(abc),concat(x,,y)',
  'str(a),add_item(",",,z)',
  'str(),add_item(",",,z)',
  'str("  abc  "),ltrim(" ")',
  'str(xxabcyx),rtrim(xy)',
  'str(xx),ltrim(x)',
  'str(AbÉ),lower',
  'str(abé),upper',
  ...['a.b:80', 'A.b:80', 'É.B', '[::AB]:80', '[::1]:80', '[::1]', '::1', 'a', 'a:', ':80', 'a:80:90', '[::1'].flatMap(
    (host) => ['host_only', 'port_only'].map((step) => `str("${host}"),${step}`),
  ),
  'str("ab\\r\\ncd"),cut_crlf',
  'str(),cut_crlf',
  ...['b,X', 'b,X,g', '"(b)(c)?","[\\2\\1\\0]",g', '"B",X,gi', '"x*","-",g', '"^a",Z,g', '"c$",Z', '"[ac]+",-,g'].map(
    (args) => `str(abcabc),regsub(${args})`,
  ),
  'str(ab),regsub("b*","-",g)',
  'str(),regsub("b*","-",g)',
  'str(abc),regsub(b,"\\x41")',
  'str("en,fr;q=0.5,de;q=0.8"),language(fr;de)',
  'str("en-US,en;q=0.9,fr;q=0.95"),language(fr;en)',
  'str(EN),language(en)',
  'str("en;q=0"),language(en)',
  'str("de, *"),language(fr;en,xx)',
  'str("en;q=0.5,fr;q=0.5"),language(fr;en)',
  'str(en-us),language(en;en-us)',
  // encodings
  ...['a%41+b', 'a%41+b?a+b', 'a%4', 'a%zz', '%', 'a%00b'].flatMap((text) => [
    `str(${text}),url_dec`,
    `str(${text}),url_dec(1)`,
  ]),
  'str("a b/c?d=e&f:~-_.é"),url_enc',
  'str("a b/c"),url_enc(query)',
  ...['YWJj', 'YQ==', 'YQ=', 'YQ', 'Y Q==', '', 'YW_-'].map((text) => `str("${text}"),b64dec`),
  ...['YWJj', 'YQ', 'YW_-', 'YW8-', ''].map((text) => `str(${text}),ub64dec`),
  'str(abc),base64',
  'bin(fbff),base64',
  'bin(fbff),ub64enc',
  'ipv4(1.2.3.4),base64',
  'str(abc),hex',
  'int(5),hex',
  'bool(1),hex',
  ...['ff', 'FF', 'xff', '-ff', '', 'ffffffffffffffff', '7fffffffffffffff'].map((text) => `str(${text}),hex2i`),
  'int(70000),htonl',
  'int(-1),htonl',
  'str(5),htonl',
  'bin(0102030405),be2dec(:,2)',
  'bin(0102030405),be2dec(:,2,1)',
  'bin(ffffffffffffffffff),be2dec(-,8)',
  'bin(01020304050607),be2hex(:,2)',
  'bin(01020304050607),be2hex(:,2,1)',
  'bin(0102),be2hex',
  'bin(0102),be2hex(,1)',
  ...['ascii', 'utf8', 'utf8s', 'utf8p', 'utf8ps'].flatMap((mode) =>
    ['616263', '220a5c2f', 'c3a9', '41c342', '41ff42', 'e282ac', '0102097f', '41c3'].map(
      (bytes) => `bin(${bytes}),json(${mode})`,
    ),
  ),
  ...["'$.a'", "'$.b[1]'", "'$.c.d'", "'$.n'", "'$.f'", "'$.t'", "'$.a','int'", "'$.f','int'", "'$.b'", "'$.c'"].map(
    (args) =>
      `str("{\\"a\\":\\"12x\\",\\"b\\":[1,22],\\"c\\":{\\"d\\":true},\\"n\\":-3,\\"f\\":2.5,\\"t\\":false}"),json_query(${args})`,
  ),
  String.raw`str('{"a.b":"c"}'),json_query('$.a\\.b')`,
  ...['ifexists', 'ifnotexists', 'ifset', 'ifnotset', 'ifempty', 'ifnotempty', 'ifgt', 'iflt', 'ifset,iflt'].flatMap(
    (conditions) => {
      const name = `txn.${conditions.replace(',', '_')}`;
      return [
        `str(a),set-var(${name}_1,${conditions})`,
        `int(5),set-var(${name}_2),add(1),set-var(${name}_2,${conditions})`,
        `int(5),set-var(${name}_3),add(-1),set-var(${name}_3,${conditions})`,
        `str(b),set-var(${name}_4),lower,set-var(${name}_4,${conditions})`,
      ];
    },
  ),
  // Variables of the process exist before they are set.
  ...['ifexists', 'ifnotexists', 'ifset', 'ifnotset'].map(
    (condition) => `str(a),set-var(proc.${condition},${condition})`,
  ),
  // hashes
  ...`crc32 crc32(1) crc32c crc32c(1) djb2 djb2(1) sdbm sdbm(1) wt6 wt6(1) xxh32 xxh32(7)
    xxh64 xxh64(7) sha1 sha2 sha2(224) sha2(384) sha2(512) digest(md5) digest(sha256) hmac(sha256,a2V5) hmac(md5,a2V5) hmac(sha1,txn.none)`
    .split(/\s+/)
    .flatMap((step) =>
      ['', 'a', 'abcdefghijklmnop', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZé'].map(
        (text) => `str(${text}),${step}`,
      ),
    ),
  'ipv4(1.2.3.4),crc32',
  'int(5),sha1',
  'ipv6(::5),djb2',
  // addresses
  ...['24', '0', '32', '255.255.0.0'].map((mask) => `ipv4(10.1.2.3),ipmask(${mask})`),
  ...['24,64', '24,32', '24,0', '24,128', '24'].map((mask) => `ipv6(2001:db8:1:2:3::5),ipmask(${mask})`),
  'ipv6(::ffff:1.2.3.4),ipmask(24)',
  'ipv6(::ffff:1.2.3.4),ipmask(24,64)',
  // times
  ...['', '(10)', '(-10)', '(0,s)'].map((args) => `int(1700000000),http_date${args}`),
  'int(1700000000123),http_date(0,ms)',
  'int(1700000000123456),http_date(5,us)',
  'int(0),http_date',
  ...[0, 1_700_000_000, 951_782_400, 1_230_768_000, 1_293_839_999, 4_102_444_799].map(
    (time) =>
      `int(${time}),utime("%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %%")`,
  ),
  'int(3),utime("%H",3600)',
  // tokens
  ...[
    "jwt_header_query('$.alg')",
    "jwt_payload_query('$.iss')",
    "jwt_payload_query('$.n','int')",
    'jwt_verify(HS256,secret)',
    'jwt_verify(HS256,other)',
    'jwt_verify(HS512,secret)',
  ].map(
    (step) => `str(eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4IiwibiI6NX0.q5OBxgTUdOzMjTJ5FuE6bB0hQUJyMM0oRtJOAQpJTxI),${step}`,
  ),
  'str(abc),jwt_verify(HS256,secret)',
  // maps
  ...['map', 'map_str', 'map_beg', 'map_end', 'map_sub', 'map_dir', 'map_dom'].flatMap((name) =>
    ['alpha', 'alphabet', 'alp', 'x', '/static', '/a/static/b', 'www.a.test', 'beta', 'xbeta'].flatMap((key) => [
      `str(${key}),${name}(${folder}/m.map)`,
      `str(${key}),${name}(${folder}/m.map,none)`,
    ]),
  ),
  ...[
    'str(b),map_str_int(FOLDER/v.map,7)',
    'str(a),map_beg_int(FOLDER/v.map)',
    'str(x),map_str_int(FOLDER/v.map,7)',
    'int(80),map_int(FOLDER/n.map)',
    'int(5),map_int(FOLDER/n.map)',
    'int(99),map_int(FOLDER/n.map,none)',
    'ipv4(10.1.2.3),map_ip(FOLDER/ip.map)',
    'ipv4(10.2.2.3),map_ip(FOLDER/ip.map)',
    'ipv4(192.0.2.1),map_ip(FOLDER/ip.map,none)',
    'str(abcd),map_reg(FOLDER/r.map)',
    'str(abcd),map_regm(FOLDER/r.map)',
    'str(xx),map_regm(FOLDER/r.map)',
    'str(q),map_regm(FOLDER/r.map,none)',
  ].map((text) => text.replace('FOLDER', folder)),
  ...[0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 32, 33, 64, 65, 96, 97, 128, 129, 160, 239].map(
    (length) => `str(${'aBc-9_xYzq'.repeat(24).slice(0, length)}),xxh3(${length % 3 === 0 ? 12345 : 0})`,
  ),
  'str(abc),debug,length',
  'int(5),debug(prefix),add(1)',
  ...messageExpressions,
];

/** Expressions on a request: each is compared for every request below. */
const fetches = [
  'method',
  'url',
  'path',
  'pathq',
  'query',
  'base',
  'baseq',
  'base32',
  'url32',
  'base32+src',
  'url32+src',
  'url_ip',
  'url_port',
  'req.ver',
  'src',
  'fc_http_major',
  'ssl_fc',
  'ssl_fc_sni',
  'fc_rcvd_proxy',
  'fc_pp_authority',
  'fe_name',
  'fe_id',
  'fe_client_timeout',
  'nbproc',
  'proc',
  'thread',
  'req.hdr(x)',
  'req.hdr(x,1)',
  'req.hdr(x,2)',
  'req.hdr(x,-1)',
  'req.hdr(x,-2)',
  // Of more than 240 bytes, and of several blocks.
  'req.hdr(x),xxh3',
  'req.hdr(x-long),xxh3',
  'req.hdr(x-long),xxh3(7)',
  'req.fhdr(x)',
  'req.fhdr(x,1)',
  'req.fhdr(x,-2)',
  'hdr_cnt(x)',
  'req.fhdr_cnt(x)',
  'hdr_val(x)',
  'hdr_val(x,1)',
  'hdr_ip(x)',
  'hdr_ip(x,1)',
  'req.hdr_names',
  'req.hdr_names(:)',
  'req.hdrs',
  'req.hdrs_bin',
  'hdr(host),host_only',
  'req.cook(a)',
  'req.cook(e)',
  'req.cook',
  'cook_cnt(a)',
  'cook_cnt',
  'cook_val(a)',
  'urlp(a)',
  'urlp(b)',
  'urlp',
  'urlp_val(a)',
  'urlp(a,;)',
  'url_param(c)',
  'capture.req.method',
  'capture.req.uri',
  'capture.req.ver',
  'http_auth_user',
  'http_auth_pass',
];

const host = ['host', 'a.test:80'] as const;
const requests: readonly Asked[] = [
  { method: 'GET', target: '/', headers: [host] },
  { method: 'GET', target: '/p/q?a=1&b=%41&a=2;c', headers: [host, ['x', 'a, b ,c'], ['x', '"q,r", 12abc']] },
  { method: 'POST', target: '/?a=&c=9&&=x', headers: [host, ['x', '']] },
  {
    method: 'PUT',
    target: '/a;a=5;b=6?a=7',
    headers: [host, ['x', ',,1,'], ['cookie', 'a=1; b=2'], ['cookie', 'a=3; e=']],
  },
  {
    method: 'GET',
    target: 'http://a.test:8081/x?y=1',
    headers: [
      ['host', 'a.test:8081'],
      ['x', '10.1.2.3:80, ::1'],
    ],
  },
  {
    method: 'GET',
    target: 'http://192.0.2.1:8080/',
    headers: [
      ['host', '192.0.2.1:8080'],
      ['x', '::ffff:10.0.0.1'],
    ],
  },
  { method: 'OPTIONS', target: '*', headers: [host, ['cookie', 'a = 1 ; a="x;y", z=1']] },
  { method: 'GET', target: '/??a=1', headers: [host, ['authorization', 'Basic dXNlcjpwYTpzcw=='], ['x', 'é,"\\"",z']] },
  { method: 'GET', target: '/long', headers: [host, ['x', 'y'.repeat(300)], ['x-long', 'z'.repeat(2000)]] },
  { method: 'DELETE', target: '/a/b/../c', headers: [host, ['cookie', 'b=1'], ['x', '-5 , +7']] },
];

/** `.` after the hexadecimal bytes distinguishes an empty value from none. */
const shown = (expression: string): string => `${expression},hex,concat(.)`;

function ours(expression: string, asked: Asked, read: (path: string) => string | undefined): string {
  const problems = new Problems();
  const word = { text: shown(expression), at: { file: 'test.cfg', line: 1, column: 1 } };
  const compiled = compileExpression(word, { problems, readFile: read });
  if (compiled === undefined) return problems.list.map(({ message }) => message).join();
  const here = { address: '127.0.0.1', port: 1 };
  const headers = asked.headers.map(([name, value]) => [name, Buffer.from(value).toString('latin1')] as const);
  const entrance = { frontend: 'all', number: 1, defaultBackend: undefined, clientTimeout: 5000 };
  return textValue(compiled)(evaluationOf({ ...asked, headers, connection: { client: here } }, { entrance })) ?? '';
}

async function theirs(t: TestContext, folder: TempDir, batches: readonly (readonly string[])[]): Promise<number> {
  const port = await freePort();
  const quoted = (text: string): string => text.replaceAll("'", "'\\''");
  const rules = batches.map(
    (batch, index) =>
      ` http-request return status 200 content-type text/plain lf-string '${batch.map((one) => quoted(`%[${shown(one)}]`)).join(' ')}' if { req.hdr(x-batch) -m str ${index} }`,
  );
  const file = folder.write(
    'haproxy.cfg',
    `global\n nbthread 1\n tune.bufsize 65536\n tune.pattern.cache-size 0\ndefaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nfrontend all\n bind 127.0.0.1:${port}\n${rules.join('\n')}\n`,
  );
  await startProgram(t, 'haproxy', file, [port], { env: { TZ: 'UTC' } });
  return port;
}

async function values(t: TestContext, port: number, batch: number, asked: Asked): Promise<readonly string[]> {
  const lines = [...asked.headers, ['x-batch', String(batch)], ['connection', 'close']];
  const head = `${asked.method} ${asked.target} HTTP/1.1\r\n${lines.map(([name = '', value = '']) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const answer = await exchange(t, port, Buffer.from(head).toString('latin1'));
  return answer.slice(answer.indexOf('\r\n\r\n') + 4).split(' ');
}

const BATCH = 20;

function batched(expressions: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(expressions.length / BATCH) }, (_, at) =>
    expressions.slice(at * BATCH, (at + 1) * BATCH),
  );
}

test('every converter applied to constants gives the values of HAProxy', { skip: missing('haproxy') }, async (t) => {
  const folder = new TempDir(t);
  const files: Readonly<Record<string, string>> = {
    'm.map': map,
    'n.map': numbers,
    'ip.map': networks,
    'r.map': patterns,
    'v.map': 'a -1\nb 12\n',
  };
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  const read = (path: string): string | undefined => files[path.slice(folder.path.length + 1)];
  const batches = batched(constants(folder.path));
  const port = await theirs(t, folder, batches);
  const asked: Asked = { method: 'GET', target: '/', headers: [host] };
  const differing: string[] = [];
  for (const [index, batch] of batches.entries()) {
    const answers = await values(t, port, index, asked);
    for (const [at, expression] of batch.entries()) {
      const own = ours(expression, asked, read);
      if (own !== answers[at]) differing.push(`${expression}: ${own} instead of ${answers[at]}`);
    }
  }
  assert.deepEqual(
    differing.filter((line) => !line.startsWith('int(-7),sub(1): FFFFFFFFFFFFFFF8.')),
    [],
  );
});

test('fetches return the values of HAProxy for many requests', { skip: missing('haproxy') }, async (t) => {
  const folder = new TempDir(t);
  const batches = batched(fetches);
  const port = await theirs(t, folder, batches);
  const differing: string[] = [];
  for (const asked of requests)
    for (const [index, batch] of batches.entries()) {
      const answers = await values(t, port, index, asked);
      const seen = { ...asked, headers: [...asked.headers, ['x-batch', String(index)]] as const };
      for (const [at, expression] of batch.entries()) {
        const own = ours(expression, seen, () => undefined);
        if (own !== answers[at]) differing.push(`${asked.target} ${expression}: ${own} instead of ${answers[at]}`);
      }
    }
  assert.deepEqual(differing, []);
});
