import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { evaluationOf, wordsOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';
import { compileCriterion } from './criterion.ts';

const files: Readonly<Record<string, string>> = {
  'hosts.lst': '# hosts\n\nDEV\n  www\n #x\n',
  'empty.lst': '',
  'map.lst': 'a 1\nb 2\n',
};
const at = { file: 'test.cfg', line: 1, column: 1 };

const x = (...values: readonly string[]): Wanted => ({ headers: values.map((value) => ['X', value] as const) });
const cookie = (...values: readonly string[]): Wanted => ({
  headers: values.map((value) => ['Cookie', value] as const),
});
const target = (text: string, host = 'h'): Wanted => ({ target: text, headers: host === '' ? [] : [['Host', host]] });
const from = (address: string, port = 5000): Wanted => ({ connection: { client: { address, port } } });
const peer = { address: '127.0.0.1', port: 4000 };
const viaTls = { version: 'TLSv1.3', cipher: '', sni: 'dev-maps01', alpn: '', clientName: '' };

/** Every line except those about connections and files was also run through HAProxy 2.6.12, with the same result. */
const cases: readonly (readonly [criterion: string, request: Wanted, holds: boolean])[] = [
  // samples of a header: every item of every line
  ['hdr(x) b', x('a, b', 'c'), true],
  ['hdr(X) c', x('a, b', 'c'), true],
  ['hdr(x) "a, b"', x('a, b'), false],
  ['hdr(x) \'"a, b"\'', x('"a, b", c'), true],
  ['hdr(x) a', x('"a, b", a'), true],
  ['hdr(x) A', x('a'), false],
  ['hdr(x) -i A', x('a'), true],
  ['hdr(x) b c', x('c'), true],
  ['hdr(x,2) b', x('a, b', 'c'), true],
  ['hdr(x,-1) c', x('a, b', 'c'), true],
  ['hdr(x,11) a', x('a'), false],
  ['hdr(x) foo -i', x('-i'), true],
  ['hdr_cnt(x) 3', x('a, b', 'c'), true],
  ['hdr_cnt(x) 3', x('a,,b'), true],
  ['hdr_cnt(x) 1', x(''), true],
  ['hdr_cnt(x) 0', {}, true],
  ['req.fhdr(x) "a, b"', x('a, b'), true],
  ['req.fhdr_cnt(x) 2', x('a, b', 'c'), true],
  ['hdr(x) -m found', x(''), true],
  ['hdr(x) -m found', {}, false],
  ['hdr_len(x) 0', x(''), true],
  ['hdr_len(x) 0', {}, false],
  ['hdr_len(x) gt 2', x('abc'), true],
  // the two conditions of the article
  ['hdr(Upgrade) -i WebSocket', { headers: [['Upgrade', 'websocket']] }, true],
  ['hdr(Upgrade) -i WebSocket', { headers: [['Upgrade', 'h2c, websocket']] }, true],
  ['hdr(Upgrade) WebSocket', { headers: [['Upgrade', 'websocket']] }, false],
  ['hdr_beg(Host) -i ws', { headers: [['Host', 'WSx.dev']] }, true],
  // text matches
  ['hdr_beg(x) a', x('ba'), false],
  ['hdr_beg(x) -- -a', x('-ab'), true],
  ['hdr_end(x) -i BC', x('abc'), true],
  ['hdr_sub(x) -i FOO bar', x('aBARb'), true],
  ['hdr_sub(x) b c', x('abd'), true],
  ['hdr(x) -m beg -i AB', x('abc'), true],
  ['hdr_beg(x) -m end c', x('abc'), true],
  ['hdr_sub(x) é', x('cafÃ©'), true],
  ['hdr_reg(x) -i ^A', x('abc'), true],
  ['hdr_reg(x) (?i)^A', x('abc'), true],
  ['hdr(x) -m reg ^a.c$ ^z', x('abc'), true],
  ['path_dir a/b', target('/x/a/b/c'), true],
  ['path_dir /a/b/', target('/x/a/b/c'), true],
  ['path_dir b', target('/ab'), false],
  ['url_dir a', target('/x/a?b'), true],
  ['hdr_dom(x) a..b', x('a..b'), true],
  ['hdr_dom(x) a.a', x('xa.a.a'), true],
  ['hdr_dom(x) aa', x('aaa.aa'), true],
  ['hdr_dom(x) .dev.', x('a.dev:80'), true],
  ['hdr_dom(x) dev:80', x('a.dev:80'), true],
  // integers
  ['hdr_val(x) 42', x('42abc'), true],
  ['hdr_val(x) 0', x('abc'), true],
  ['hdr_val(x) 1:5', x('5'), true],
  ['hdr_val(x) :4', x('5'), false],
  ['hdr_val(x) 5:', x('5'), true],
  ['hdr_val(x) gt 3 lt 2', x('1'), true],
  ['hdr_val(x) ge 5 le 7', x('9'), true],
  ['hdr_val(x) eq 5', x('5'), true],
  ['hdr_val(x) lt 5', x('5'), false],
  ['hdr_val(x) le 5', x('5'), true],
  ['hdr(x) -m int 42', x('42abc'), true],
  ['hdr(x) -m int 0', x(''), false],
  ['hdr_val(x)', x('6'), false],
  ['hdr(x) -m bool', x('1'), true],
  ['hdr(x) -m bool', x('a'), false],
  ['src_port gt 1024', from('10.0.0.1', 5000), true],
  ['src_port -m reg ^5', from('10.0.0.1', 5000), true],
  ['src_port -m len 4', from('10.0.0.1', 5000), true],
  ['always_true -m str 1', {}, true],
  ['always_false -m int 0', {}, true],
  ['always_false', {}, false],
  ['ssl_fc', {}, false],
  ['req.proto_http', {}, true],
  // addresses
  ['src 127.0.0.1', from('127.0.0.1'), true],
  ['src 10.0.0.0/8 ::1', from('10.2.3.4'), true],
  ['src ::ffff:127.0.0.1', from('127.0.0.1'), true],
  ['src 127.0.0.1', from(''), false],
  ['src -n 127.1', from('127.0.0.1'), true],
  ['src -m str 127.0.0.1', from('127.0.0.1'), true],
  ['src -m beg 127.', from('127.0.0.1'), true],
  ['hdr_ip(x) 1.2.3.4', x('1.2.3.4:80'), true],
  ['hdr_ip(x) 1.2.3.0/24', x('a, 1.2.3.9'), true],
  ['hdr(x) -m ip 1.2.3.4', x('1.2.3.4:80'), true],
  ['fc_src 127.0.0.1', { connection: { peer, client: { address: '203.0.113.9', port: 1 } } }, true],
  ['src 127.0.0.1', { connection: { peer, client: { address: '203.0.113.9', port: 1 } } }, false],
  ['fc_src_port 4000', { connection: { peer } }, true],
  ['dst_port 443', { connection: { destination: { address: '10.0.0.1', port: 443 } } }, true],
  ['dst 10.0.0.1', { connection: { destination: { address: '10.0.0.1', port: 443 } } }, true],
  ['fc_dst_port 80', {}, true],
  ['fc_dst 127.0.0.1', {}, true],
  ['fc_rcvd_proxy', { connection: { proxied: true } }, true],
  ['fc_rcvd_proxy', {}, false],
  ['fc_via_tls', { connection: { proxied: true, tls: viaTls } }, true],
  ['fc_via_tls', { connection: { proxied: true } }, false],
  ['fc_pp_authority dev-maps01', { connection: { proxied: true, tls: viaTls } }, true],
  ['fc_pp_authority -m found', { connection: { proxied: true, tls: { ...viaTls, sni: '' } } }, false],
  // the target
  ['path /a', target('/a?b'), true],
  ['path /a', target('http://h/a?b'), true],
  ['path -m found', target('http://h'), false],
  ['path -m found', target('*'), false],
  ['pathq /a?b', target('http://h/a?b'), true],
  ['query b?c', target('/a?b?c'), true],
  ['query -m len 0', target('/a?'), true],
  ['query -m found', target('/a'), false],
  ['url http://h/a', target('http://h/a'), true],
  ['url /a', target('http://h/a'), false],
  ['base h/a', target('/a?b'), true],
  ['base h', target('http://h'), true],
  ['base h', target('*'), true],
  ['base /a', target('/a', ''), true],
  ['base -m found', target('*', ''), false],
  ['baseq h/a?b', target('/a?b'), true],
  ['url_dom h', target('http://h/a'), true],
  ['path_len 2', target('/a'), true],
  // parameters and cookies
  ['urlp(a) 1', target('/?a=1&a=2'), true],
  ['urlp(a) 2', target('/?b=1;a=2'), true],
  ['urlp(z) -m found', target('/?z'), false],
  ['urlp(z) -m found', target('/?z='), true],
  ['urlp(j,;) 9', target('/a;j=9'), true],
  ['urlp(j,;) 9', target('/a;j=9?k=3'), false],
  ['url_param(a) 1', target('/?b?a=1'), true],
  ['urlp(a) 1=2', target('/?a=1=2'), true],
  ['urlp(a) %41', target('/?a=%41'), true],
  ['urlp(A) 1', target('/?a=1'), false],
  ['urlp(a) 1', target('/?xa=1'), false],
  ['urlp -m found', target('/?a=1'), true],
  ['urlp_val(a) gt 3', target('/?a=5'), true],
  ['cook(b) 2', cookie('a=1; b=2'), true],
  ['cook(b) 2', cookie('a=1', 'b=2'), true],
  ['cook(b) 2', cookie('a=1;b = 2 ;c=3'), true],
  ['cook(b) 2', cookie('a=1,b=2'), true],
  ['cook(a) \'"x;y"\'', cookie('a="x;y"'), true],
  ['cook(a) 1', cookie('a=1; a=2'), true],
  ['cook(a) 1=2', cookie('a=1=2'), true],
  ['cook(a) -m found', cookie('a'), false],
  ['cook(a) -m found', cookie('a='), false],
  ['cook(A) 1', cookie('a=1'), false],
  ['cook_cnt(a) 2', cookie('a=1; a=2'), true],
  ['cook_val(a) ge 2', cookie('a=2'), true],
  // the request line
  ['method GET', {}, true],
  ['method get', {}, false],
  ['method PUT POST', { method: 'POST' }, true],
  ['method -m beg GE', {}, true],
  ['req.ver 1.1', {}, true],
  ['req_ver 1.0', {}, false],
  // converters: they cancel the match built into a keyword
  ['hdr(x),lower h', x('H'), true],
  ['hdr(x),upper -m beg H', x('hx'), true],
  ['hdr_beg(x),lower h', x('Hx'), false],
  ['hdr(host),host_only,lower dev', { headers: [['Host', 'DEV:80']] }, true],
  // files
  ['hdr(x) -i -f hosts.lst', x('dev'), true],
  ['hdr(x) -f hosts.lst', x('dev'), false],
  ['hdr(x) -f hosts.lst -i', x('www'), true],
  ['hdr(x) -f hosts.lst', x('#x'), true],
  ['hdr(x) -f hosts.lst also', x('also'), true],
  ['hdr(x) -f empty.lst', x(''), false],
  ['hdr(x) -M -f map.lst', x('b'), true],
  ['hdr(x) -M -f map.lst', x('2'), false],
  ['hdr(x) -u 7 a', x('a'), true],
  ['hdr(x) -m bin 4142', x('AB'), true],
  // converters with arguments, constants, TLS
  ['hdr(x),field(2,:) b', x('a:b'), true],
  ['hdr(x),field(2,:) -m found', x('a'), false],
  ['hdr(x),lower,length 3', x('ABC'), true],
  ['src,ipmask(24) 10.1.2.0', from('10.1.2.9'), true],
  ['hdr_ip(x),ipmask(16) 10.1.0.0/16', x('a, 10.1.2.3'), true],
  ['str(a) a', {}, true],
  ['int(5),mul(2) 10', {}, true],
  ['bin(41) 41', {}, true],
  ['ssl_fc', { connection: { proxied: true, tls: viaTls } }, true],
  ['ssl_fc_sni -i DEV-maps01', { connection: { proxied: true, tls: viaTls } }, true],
  ['ssl_fc_sni_end maps01', { connection: { proxied: true, tls: viaTls } }, true],
  ['fc_pp_authority a.test', { connection: { proxied: true, authority: 'a.test' } }, true],
  ['hdr(x),set-var(txn.x),bool', x('1'), true],
];

for (const [criterion, request, holds] of cases) {
  const { target: asked = '', headers = [] } = request;
  test(`${criterion} is ${holds} for ${asked} ${headers.map((header) => header.join(': ')).join(' | ')}`, () => {
    const problems = new Problems();
    const compiled = compileCriterion(wordsOf(criterion), at, { problems, readFile: (path) => files[path] });
    assert.ok(compiled, problems.list.map(({ message }) => message).join());
    assert.equal(compiled.test(evaluationOf(request)), holds);
  });
}

/** HAProxy 2.6.12 on each of these, as hdr_dom(host) -i dev-maps01. */
const yes = [
  'dev-maps01',
  'DEV-MAPS01',
  'dev-maps01:443',
  'dev-maps01.example.com',
  'foo.dev-maps01',
  'foo.dev-maps01.bar:80',
  '.dev-maps01.',
  'dev-maps01.',
  'dev-maps01/',
  'dev-maps01?x',
  'a/dev-maps01/b',
  'evil.com:dev-maps01',
  'dev-maps01,other',
  'other, dev-maps01',
];
const no = [
  'xdev-maps01',
  'dev-maps01x',
  'foo-dev-maps01',
  'dev-maps01-x',
  'user@dev-maps01',
  'dev-maps01@evil',
  'dev-maps01;x',
  'dev-maps01 x',
  '[dev-maps01]',
  '"dev-maps01"',
  '',
];

for (const [hosts, holds] of [
  [yes, true],
  [no, false],
] as const) {
  for (const host of hosts) {
    test(`hdr_dom(host) -i dev-maps01 is ${holds} for Host: ${host}`, () => {
      const compiled = compileCriterion(wordsOf('hdr_dom(host) -i dev-maps01'), at, {
        problems: new Problems(),
        readFile: () => undefined,
      });
      assert.equal(compiled?.test(evaluationOf({ headers: [['Host', host]] })), holds);
    });
  }
}

/** The message, and its column. */
const wrong: readonly (readonly [criterion: string, column: number, message: string, suggestion?: string])[] = [
  ['hdrr(host) a', 1, "unknown sample fetch 'hdrr'", 'hdr'],
  ['hdr_bge(host) a', 1, "unknown sample fetch 'hdr_bge'", 'hdr_beg'],
  ['cpu_calls', 1, "not supported: sample fetch 'cpu_calls'; it exposes HAProxy internals that do not exist here"],
  ['src_http_req_rat gt 1', 1, "unknown sample fetch 'src_http_req_rat'", 'src_http_req_rate'],
  ['sc_http_req_rate gt 1', 1, 'sc_http_req_rate needs 1 to 2 arguments: sc_http_req_rate(slot[,table])'],
  ['sc_http_req_rate(x) gt 1', 18, "sc_http_req_rate 'x' is not a number below 100"],
  ['src_get_gpc gt 1', 1, 'src_get_gpc needs 1 to 2 arguments: src_get_gpc(index[,table])'],
  ['hdr(host),regsubb(a,b) a', 11, "unknown converter 'regsubb'", 'regsub'],
  ['hdr(host),lowr a', 11, "unknown converter 'lowr'", 'lower'],
  ['hdr(host),add(x) a', 15, "add 'x' is neither an integer nor a variable such as txn.NAME"],
  ['hdr(host),field(0,:) a', 11, 'field counts from 1, or backwards from -1'],
  ['hdr(host),field(1) a', 11, 'field needs 2 to 3 arguments: field(index,delimiters[,count])'],
  ['hdr(host),?, a', 11, "a converter is missing after ','"],
  ['hdr(host a', 4, "'hdr(' has no ')'"],
  ['hdr(host)x a', 10, "unexpected 'x' after the sample expression"],
  ['hdr(a,1,2) b', 1, 'hdr needs 0 to 2 arguments: hdr([name[,occurrence]])'],
  ['hdr(x,-11) a', 7, "hdr '-11' is not an occurrence: 1 is the first, -1 the last, down to -10"],
  ['header(host) a', 1, "unknown sample fetch 'header'", 'hdr'],
  ['path,map(none.map) a', 6, "map cannot read the map 'none.map'"],
  ['var(txn.x) a', 1, "'var(txn.x)' may have any type: specify how to compare it, for example -m str"],
  ['var(x) -m str a', 5, "var 'x' is not a variable: proc.NAME, sess.NAME, txn.NAME, req.NAME or res.NAME"],
  ['always_true -m ip 1.2.3.4', 1, '-m ip cannot be applied to a value of type boolean'],
  ['ssl_fc,ipmask(24) 1.2.3.4', 8, "converter 'ipmask' cannot be applied to a value of type boolean: it needs address"],
  ['src(x) 1', 1, 'src accepts no argument'],
  ['hdr(host) -m domm a', 14, "unknown match 'domm'", 'dom'],
  ['hdr(host) -m bin 0', 18, "'0' is not an even number of hexadecimal digits"],
  ['hdr(host) -u x a', 14, "'x' is not a unique id: a positive integer"],
  ['hdr(host) -x a', 11, "unknown flag '-x'; write -- before a pattern that begins with '-'"],
  ['hdr(host) -f none.lst', 14, "cannot read 'none.lst'"],
  ['hdr(host) -m', 11, '-m needs the name of a match'],
  ['src localhost', 5, "'localhost' is not an IPv4 or IPv6 address or network (names are not resolved)"],
  ['hdr_val(x) gt a', 15, "'a' is not an integer, which 'gt' requires"],
  ['hdr_val(x) 7:5', 12, "'7:5' is not an integer or a range LOW:HIGH"],
  ['hdr_val(x) :', 12, "':' is not an integer or a range LOW:HIGH"],
  ['hdr_val(x) gt 1:5', 15, "'1:5' is not an integer, which 'gt' requires"],
  ['hdr_dom(x) .', 12, "'.' contains only delimiters and would never match"],
  ['path_reg (a', 10, "regular expression '(a', character 1: this ( has no closing )"],
];

for (const [criterion, column, message, suggestion] of wrong) {
  test(`${criterion}: ${message}`, () => {
    const problems = new Problems();
    assert.equal(compileCriterion(wordsOf(criterion), at, { problems, readFile: (path) => files[path] }), undefined);
    const [problem, ...more] = problems.list;
    assert.equal(more.length, 0);
    assert.deepEqual([problem?.at.column, problem?.message, problem?.suggestion], [column, message, suggestion]);
  });
}

test('a converter after a comma and a blank is a pattern, as in HAProxy, and a warning says so', () => {
  const problems = new Problems();
  const compiled = compileCriterion(wordsOf('hdr(x), lower'), at, { problems, readFile: () => undefined });
  assert.equal(compiled?.test(evaluationOf(x('lower'))), true);
  assert.deepEqual(
    problems.list.map(({ severity, message }) => `${severity}: ${message}`),
    ["warning: 'lower' is a pattern here, as in HAProxy; the converter is written without a blank: 'hdr(x),lower'"],
  );
});

test('a criterion without a pattern gives a warning and never holds', () => {
  const problems = new Problems();
  const compiled = compileCriterion(wordsOf('hdr(x)'), at, { problems, readFile: () => undefined });
  assert.equal(compiled?.test(evaluationOf(x('a'))), false);
  assert.deepEqual(
    problems.list.map(({ severity }) => severity),
    ['warning'],
  );
});
