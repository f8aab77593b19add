import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { explainCommand } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'explain-sticky-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'haproxy.cfg');
writeFileSync(
  file,
  `
frontend web
  mode http
  bind 127.0.0.1:8080
  default_backend apps
backend apps
  mode http
  cookie SRV insert indirect
  ignore-persist if { path_end .png }
  use-server a if { path /admin }
  server a 127.0.0.1:1 cookie 1
  server b 127.0.0.1:2 cookie 2
  server c 127.0.0.1:3 cookie 3 disabled
`,
);

const cases: readonly (readonly [args: readonly string[], bound: string, end: string])[] = [
  [[], 'cookie SRV: none was sent', 'one of these servers, by balance roundrobin: '],
  [['-H', 'Cookie: SRV=2; x=1'], 'cookie SRV: valid, server b', 'server b (127.0.0.1:2)'],
  [['-H', 'Cookie: SRV=3'], 'cookie SRV: its server is down', 'one of these servers'],
  [['-H', 'Cookie: SRV=9'], 'cookie SRV: it names no server', 'one of these servers'],
  [['--path', '/x.png', '-H', 'Cookie: SRV=2'], 'cookie SRV: not used', 'one of these servers'],
  [['--path', '/admin'], 'server a by use-server a if { path /admin }', 'server a (127.0.0.1:1)'],
];

for (const [args, bound, end] of cases)
  test(`explain ${args.join(' ')} says: ${bound}`, async () => {
    let out = '';
    await explainCommand.run(['-f', file, ...args], { out: (text) => void (out += text), err: () => {} });
    const lines = out.split('\n');
    assert.ok(lines.includes(`bound        ${bound}`), out);
    assert.ok(lines.at(-2)?.startsWith(`=> ${end}`), out);
    assert.equal(out.includes('= cookie: x=1'), args.includes('Cookie: SRV=2; x=1'), out);
  });

test('explain shows the limits of a WebSocket, of backend and frontend, and of nothing else', async () => {
  const limited = join(folder, 'limited.cfg');
  writeFileSync(
    limited,
    `
frontend web
  mode http
  bind 127.0.0.1:8080
  websocket max-message 1k messages-per-second 5
  default_backend apps
backend apps
  mode http
  websocket messages-per-second 9 burst 2s
  server a 127.0.0.1:1
`,
  );
  const explained = async (url: string): Promise<string> => {
    let out = '';
    await explainCommand.run(['-f', limited, url], { out: (text) => void (out += text), err: () => {} });
    return out;
  };
  const line = 'limited      websocket max-message 1024 messages-per-second 9 burst 2000ms\n';
  assert.ok((await explained('ws://a.test/')).includes(line));
  assert.doesNotMatch(await explained('http://a.test/'), /limited {6}/);
});
