import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCsv, type Sample } from './sample.ts';
import { screenOf } from './screen.ts';

const HEADER =
  '# pxname,svname,qcur,scur,slim,stot,bin,bout,dreq,dcon,econ,eresp,status,rate,hrsp_4xx,hrsp_5xx,qtime,ctime,rtime,req_rate,req_tot,last_chk,mode,';

function sampleAt(at: number, rows: readonly string[], tunnels?: Sample['tunnels']): Sample {
  const info = {
    Name: 'Headgate',
    Version: '1',
    Pid: '7',
    Uptime: '0d 1h',
    CurrConns: '3',
    Maxconn: '100',
    Idle_pct: '97',
  };
  return { at, info, rows: parseCsv([HEADER, ...rows, ''].join('\n')), tunnels };
}

const first = sampleAt(1000, [
  'web,FRONTEND,,3,100,10,1000,5000,0,0,,,OPEN,4,1,0,,,,6,20,,http,',
  'apps,one,0,2,50,8,500,2000,,,0,0,UP,3,,0,0,1,12,,,,http,',
  'apps,two,0,0,50,2,500,2000,,,0,0,DOWN,3,,0,0,1,12,,,"Connection refused, at initial ""connect""",http,',
  'apps,BACKEND,1,2,100,10,1000,5000,,,0,0,UP,3,,0,0,1,12,,,,http,',
]);
const second = sampleAt(
  3000,
  [
    'web,FRONTEND,,5,100,14,3000,9000,2,0,,,OPEN,4,1,2,,,,6,60,,http,',
    'apps,one,0,2,50,12,500,6000,,,0,4,UP,3,,2,0,1,12,,,,http,',
    'apps,two,0,0,50,2,500,2000,,,0,0,MAINT,3,,0,0,1,12,,,,http,',
    'apps,BACKEND,1,2,100,14,1000,5000,,,0,0,UP,3,,0,0,1,12,,,,http,',
  ],
  new Map([['apps/one', 2]]),
);

const textOf = (lines: ReturnType<typeof screenOf>): readonly string[] =>
  lines.map(({ text }) => text.trim().replaceAll(/ +/g, ' '));

test('a first screen shows the rates of the router, later ones what changed in between', () => {
  assert.ok(textOf(screenOf(first, undefined, 200)).includes('web OPEN 3 100 6.0 0 B 0 B 0 0 0'));
  const lines = textOf(screenOf(second, first, 200));
  assert.equal(lines[0], 'Headgate 1, pid 7, up 0d 1h');
  assert.equal(lines[1], 'connections 3 of 100 - new/s 20 requests/s in 1.00 kB/s out 2.00 kB/s 5xx 1.0/s idle 97 %');
  assert.ok(lines.includes('web OPEN 5 100 20 1.00 kB 2.00 kB 0 1.0 1.0'), lines.join('\n'));
  assert.ok(lines.includes('apps UP 2 1 2.0 0 B 0 0 0 ms 1 ms 12 ms 2'));
  assert.ok(lines.includes('one UP 2 0 2.0 2.00 kB 1.0 2.0 0 ms 1 ms 12 ms 2'));
});

test('states have their looks, and lines fit the terminal', () => {
  const looks = new Map(screenOf(second, first, 60).map(({ text, look }) => [text.trim().split(' ')[0], look]));
  assert.deepEqual([looks.get('one'), looks.get('two'), looks.get('web')], ['good', 'warning', 'good']);
  assert.equal(screenOf(first, undefined, 60).find(({ text }) => text.includes('two'))?.look, 'bad');
  for (const columns of [1, 20, 60, 500])
    for (const { text } of screenOf(second, first, columns)) assert.ok(text.length <= columns);
});

test('rates are those of one process, and never negative', () => {
  const restarted = { ...second, info: { ...second.info, Pid: '8' } };
  assert.ok(textOf(screenOf(restarted, first, 200)).includes('web OPEN 5 100 6.0 0 B 0 B 0 0 0'));
  assert.ok(textOf(screenOf({ ...first, at: 5000 }, second, 200)).includes('web OPEN 3 100 0 0 B 0 B 0 0 0'));
});

test('values with commas and quotes are one value', () => {
  assert.equal(first.rows[2]?.['last_chk'], 'Connection refused, at initial "connect"');
  assert.equal(first.rows[2]?.['mode'], 'http');
  assert.deepEqual(parseCsv('Permission denied\n'), []);
});

test('the addresses of a frontend are listed with it, and not among servers', () => {
  const rows = parseCsv(
    [
      '# pxname,svname,scur,slim,status,type,mode,',
      'web,FRONTEND,3,9,OPEN,0,http,',
      'web,sock-1,1,0,OPEN,3,http,',
      'api,FRONTEND,0,9,OPEN,0,http,',
      'web,one,2,,UP,2,http,',
      'web,BACKEND,2,9,UP,1,http,',
      '',
    ].join('\n'),
  );
  const lines = screenOf({ ...first, rows }, undefined, 200);
  const names = lines.map(({ text }) => text.slice(0, 10).trimEnd());
  assert.ok(
    textOf(lines).some((line) => line.startsWith('sock-1 OPEN 1 - - 0 B')),
    textOf(lines).join('\n'),
  );
  assert.deepEqual(names.slice(3), ['FRONTEND', 'web', '  sock-1', 'api', '', 'BACKEND /', 'web', '  one']);
});
