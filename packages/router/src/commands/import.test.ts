import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { compile } from '../config/compile.ts';
import { readText } from '../config/read.ts';
import { importHaproxy, importText } from './import.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await importHaproxy.run(args, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const article = join(import.meta.dirname, '../../../../test/fixtures/article/haproxy.cfg');

test('import prints YAML and reports what is obsolete, as a comment and on standard error', async () => {
  const { code, out, err } = await run(article);
  assert.equal(code, 0);
  assert.match(out, /^ {2}# HAProxy refuses 'nbproc' since 2\.5.*$/m);
  assert.match(out, /^ {6}- redirect prefix https:\/\/dev-maps01 if !local is_maps$/m);
  assert.match(err, /:4:5: warning: HAProxy refuses 'nbproc'/);
});

test('import requires one readable file', async () => {
  assert.equal((await run()).code, 2);
  assert.equal((await run('a', 'b')).code, 2);
  assert.match((await run('-x')).err, /^headgate-router: unknown option '-x'\nusage: /);
  assert.match((await run('--help')).out, /^usage: headgate-router import /);
  const gone = await run('/nowhere/haproxy.cfg');
  assert.equal(gone.code, 1);
  assert.equal(gone.err, 'headgate-router: /nowhere/haproxy.cfg cannot be read: no such file\n');
});

function imported(lines: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
  const { yaml = '' } = importText(`${lines.join('\n')}\n`, 'x.cfg', env);
  const problems = new Problems();
  const raw = readText(yaml, 'x.yaml', env, problems);
  const io = { readFile: () => undefined, environment: (name: string) => env[name] };
  assert.notEqual(
    compile(raw, io, problems).snapshot,
    undefined,
    `${yaml}\n${problems.list.map(formatProblem).join('\n')}`,
  );
  assert.doesNotMatch(problems.list.map(formatProblem).join('\n'), /milliseconds/);
  return yaml.split('\n').map((line) => line.trim());
}

function assertHas(lines: readonly string[], ...wanted: readonly string[]): void {
  for (const line of wanted) assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join('\n')}`);
}

const FRONT = ['frontend f', ' mode http', ' bind :80', ' timeout client 1s'];

test('bytes that are no text remain those bytes', () => {
  const rules = ['http-request set-header X-A "a\\xE0b"', 'http-request set-header X-B \\xC3\\xA9\\x80\\x01z'];
  const lines = imported([...FRONT, ...rules.map((rule) => ` ${rule}`)]);
  assertHas(lines, '- http-request set-header X-A "a\\xe0b"', '- http-request set-header X-B "\\xc3\\xa9\\x80\\x01z"');
});

test('an environment variable remains a variable, and text that looks like one remains text', () => {
  const env = { TOKEN: 'secret', HOST: '10.0.0.1', PORT: '81', T: '9s' };
  const lines = imported(
    [
      ...FRONT,
      ' bind $HOST:$PORT',
      ' bind "${HOST}:82",:83',
      ' acl secret req.hdr(x) -m str "${TOKEN}" \'${TOKEN}\' a$b ${TOKEN}',
      ' acl other req.hdr(x) -m str "<$TOKEN> \\"${NONE-a b}"',
      ' default_backend b',
      'backend b',
      ' mode http',
      ' timeout connect "$T"',
      ' server a ${HOST}:81',
    ],
    env,
  );
  assert.doesNotMatch(lines.join('\n'), /secret\b.*secret|10\.0\.0\.1|9s/);
  assertHas(
    lines,
    '- $HOST:$PORT',
    `- '"\${HOST}:82,:83"'`,
    `secret: req.hdr(x) -m str "\${TOKEN}" '\${TOKEN}' a$b '\${TOKEN}'`,
    `other: req.hdr(x) -m str "<$TOKEN> \\"\${NONE-a b}"`,
    `connect: '"$T"'`,
    'a: ${HOST}:81',
  );
});

test('a variable unset during import does not drop its line', () => {
  const { yaml = '', complete } = importText(
    ['backend b', ' server a "$NOWHERE":80', ' hash-preserve-affinity "$NOWHERE"', ''].join('\n'),
    'x.cfg',
    {},
  );
  assert.match(yaml, /a: '"\$NOWHERE:80"'$/m);
  assert.match(yaml, /# - hash-preserve-affinity "\$NOWHERE"$/m);
  assert.equal(complete, false);
});

test('unsupported lines, and those that depend on them, become comments with the reason', () => {
  const lines = imported([
    ...FRONT,
    ' acl cap nothing_like(it) x',
    ' http-request deny if cap',
    ' http-request deny if { path /x }',
    ' use_backend t if { path /t }',
    ' use_backend b',
    'backend b',
    ' mode http',
    ' capture cookie SRV len 32',
    ' server a 10.0.0.1:80 check',
    ' server c "10.0.0.1:80" ssl "bad\nword"',
    'backend t',
    ' mode health',
    ' server a 10.0.0.1:80',
    'log-forward far',
    ' bind 10.0.0.1:514',
  ]);
  assertHas(
    lines,
    '# - acl cap nothing_like(it) x',
    "# no such acl 'cap'",
    '# - http-request deny if cap',
    '- http-request deny if { path /x }',
    "# there is no backend 't'",
    '# - use_backend t if { path /t }',
    '- use_backend b',
    "# 'capture' has no effect in 'backend'; it belongs in frontend, listen",
    'capture: cookie SRV len 32',
    'a: 10.0.0.1:80 check',
    '# - backend t',
    '# -   mode health',
    '# -   server a 10.0.0.1:80',
    '# - log-forward far',
    '# -   bind 10.0.0.1:514',
  );
});

test('a mode refused in defaults drops only the proxies that inherit it', () => {
  const lines = imported([
    'defaults',
    ' mode health',
    ' timeout connect 500',
    ...FRONT,
    ' default_backend b',
    'backend b',
    ' mode http',
    ' server a 10.0.0.1:80',
    'backend t',
    ' server a 10.0.0.1:80',
  ]);
  assertHas(lines, 'b:', 'a: 10.0.0.1:80', '# - backend t', '# -   server a 10.0.0.1:80', '# -   mode health');
  assert.ok(!lines.includes('t:'));
});

test('durations have a unit, and HAProxy keeps retries on one server', () => {
  const file = [
    ...FRONT,
    ' timeout http-request 86400000',
    ' default_backend b',
    'backend b',
    ' mode http',
    ' timeout server 90s',
    ' timeout connect 500',
    ' server a 10.0.0.1:80 check inter 2000 fall 3 weight 20%',
  ];
  const lines = imported(file);
  assertHas(
    lines,
    'http-request: 1d',
    'server: 90s',
    'connect: 500ms',
    'a: 10.0.0.1:80 check inter 2s fall 3 weight 20',
    'option: { redispatch: false }',
  );
  assert.ok(!imported(['defaults', ' option redispatch', ...file]).includes('option: { redispatch: false }'));
});
