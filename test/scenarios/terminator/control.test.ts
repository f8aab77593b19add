/** The control socket of the terminator, with HAProxy's commands for certificates: both get the same lines. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { run, type TestProcess } from '../../support/process.ts';
import { missing, SOURCES, startProgram } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Files {
  readonly dir: TempDir;
  readonly list: string;
  readonly ca: string;
}

interface Machine extends Files {
  readonly port: number;
  readonly process: TestProcess;
  readonly server: RawServer;
  readonly socket: string;
}

/** An authority, three certificates and a list that names two of them. */
function filesOf(t: TestContext): Files {
  const dir = new TempDir(t);
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: dir.path, stdio: 'pipe' });
  const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '60'];
  openssl(...key, '-subj', '/C=CH/O=Headgate/CN=ca', '-keyout', 'ca.key', '-out', 'ca.pem');
  for (const name of ['a', 'b', 'c']) {
    const own = ['-subj', `/CN=${name}.test`, '-addext', `subjectAltName=DNS:${name}.test,DNS:*.${name}.test`];
    openssl(...key, '-CA', 'ca.pem', '-CAkey', 'ca.key', ...own, '-keyout', `${name}.key`, '-out', `${name}.crt`);
    const parts = [`${name}.key`, `${name}.crt`, 'ca.pem'].map((part) => readFileSync(dir.join(part), 'utf8'));
    dir.write(`${name}.pem`, parts.join(''));
  }
  const list = dir.write(
    'list',
    `# names\n${dir.join('a.pem')} [verify none] a.test *.a.test !x.a.test\n${dir.join('b.pem')}\n`,
  );
  return { dir, list, ca: dir.join('ca.pem') };
}

async function start(t: TestContext, files: Files = filesOf(t)): Promise<Machine> {
  const { dir, list, ca } = files;
  const [port, server] = [await freePort(), await RawServer.listen(t)];
  const socket = dir.join('control.sock');
  const text = [
    `stats socket = ${socket} mode 600 level admin`,
    'hard-stop-after = 1s',
    '[https]',
    `accept = 127.0.0.1:${port}`,
    `connect = 127.0.0.1:${server.port}`,
    `crtList = ${list}`,
    'verify = optional',
    `CAfile = ${ca}`,
  ];
  const process = await startProgram(t, 'terminator', dir.write('stunnel.conf', `${text.join('\n')}\n`), [port]);
  return { ...files, port, process, server, socket };
}

/** Sends one line, and the lines of its payload. */
function ask(socket: string, line: string, payload?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const client = connectTcp(socket);
    client.setEncoding('utf8');
    client.once('connect', () =>
      client.end(payload === undefined ? `${line}\n` : `${line} <<\n${payload.trimEnd()}\n\n`),
    );
    client.on('data', (text: string) => (answer += text));
    client.once('error', reject);
    client.once('close', () => resolve(answer));
  });
}

async function visit(
  t: TestContext,
  port: number,
  servername: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const client = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false, ...options });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  await once(client, 'secureConnect');
  return client;
}

async function shown(t: TestContext, port: number, name: string): Promise<string> {
  return String((await visit(t, port, name)).getPeerCertificate().subject.CN);
}

test('the commands for certificates answer as HAProxy does', { skip: missing('haproxy', 'openssl') }, async (t) => {
  const files = filesOf(t);
  const { dir, list, ca } = files;
  const theirs = dir.join('haproxy.sock');
  const port = await freePort();
  const bind = `bind 127.0.0.1:${port} ssl crt-list ${list} ca-file ${ca} verify optional`;
  const config = `global\n stats socket ${theirs} level admin\ndefaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\nfrontend f\n ${bind}\n`;
  await startProgram(t, 'haproxy', dir.write('haproxy.cfg', config), [port]);
  const { socket } = await start(t, files);
  const [a, b, c] = ['a.pem', 'b.pem', 'c.pem'].map((name) => dir.join(name)) as [string, string, string];
  const text = (file: string): string => readFileSync(file, 'utf8');
  const lines: readonly (readonly [line: string, payload?: string])[] = [
    ['show ssl cert'],
    [`show ssl cert ${a}`],
    ['show ssl cert /nowhere'],
    ['show ssl crt-list'],
    [`show ssl crt-list ${list}`],
    [`show ssl crt-list -n ${list}`],
    [`show ssl ca-file ${ca}`],
    [`show ssl ca-file ${ca}:1`],
    ['show ssl ca-file /nowhere'],
    ['show ssl crl-file'],
    ['show ssl crl-file /nowhere'],
    ['show ssl ocsp-response'],
    ['show ssl ocsp-response 00'],
    [`new ssl cert ${c}`],
    [`new ssl cert ${c}`],
    [`show ssl cert ${c}`],
    [`add ssl crt-list ${list} ${c}`],
    [`commit ssl cert ${c}`],
    [`abort ssl cert ${c}`],
    [`set ssl cert ${c}`, text(c)],
    [`set ssl cert ${c}`, text(c)],
    ['show ssl cert'],
    [`show ssl cert *${c}`],
    [`commit ssl cert ${b}`],
    [`commit ssl cert ${c}`],
    [`show ssl cert ${c}`],
    [`add ssl crt-list ${list} ${c}`],
    [`add ssl crt-list ${list}`, `${c} [verify none] foo.test`],
    [`show ssl crt-list -n ${list}`],
    [`del ssl cert ${c}`],
    [`del ssl crt-list ${list} ${c}`],
    [`del ssl crt-list ${list} ${c}:99`],
    [`del ssl crt-list ${list} ${c}:4`],
    [`show ssl crt-list -n ${list}`],
    [`del ssl crt-list ${list} ${c}:5`],
    [`del ssl cert ${c}`],
    [`del ssl cert ${c}`],
    ['del ssl crt-list /nowhere /x'],
    [`del ssl crt-list ${list} /x`],
    ['add ssl crt-list /nowhere /x'],
    [`set ssl cert ${a}`, text(dir.join('b.crt'))],
    [`abort ssl cert ${a}`],
    [`set ssl ca-file ${ca}`, text(ca)],
    ['set ssl ca-file /nowhere', text(ca)],
    [`commit ssl ca-file ${ca}`],
    ['set ssl cert'],
    ['new ssl cert'],
    ['commit ssl cert'],
    ['abort ssl cert'],
    ['del ssl crt-list'],
    ['add ssl crt-list'],
    ['set ssl ocsp-response'],
    ['operator;show ssl cert'],
    ['operator;commit ssl cert x'],
    ['user;show ssl crt-list'],
  ];
  for (const [line, payload] of lines)
    assert.equal(comparable(await ask(socket, line, payload)), comparable(await ask(theirs, line, payload)), line);
});

/** HAProxy writes two blanks between options, dots while it commits, and knows the system's authorities. */
function comparable(answer: string): string {
  return answer
    .replace(/^@system-ca.*\n/gm, '')
    .replace(/(Committing \S+?)\.+$/gm, '$1')
    .trimEnd();
}

scenario('a certificate is replaced without cutting a connection, and sessions are resumed', async (t) => {
  const { port, socket, dir, server, process } = await start(t);
  const before = await visit(t, port, 'a.test', { maxVersion: 'TLSv1.2' });
  const session = before.getSession();
  before.write('one');
  const peer = await server.next();
  await peer.expect('one');
  const file = dir.join('a.pem');
  assert.match(
    await ask(socket, `set ssl cert ${file}`, readFileSync(dir.join('c.pem'), 'utf8')),
    /Transaction created/,
  );
  assert.equal(await shown(t, port, 'www.a.test'), 'a.test');
  assert.match(await ask(socket, `commit ssl cert ${file}`), /Success!/);
  await process.says(/a\.pem was replaced over the control socket/);
  assert.equal(await shown(t, port, 'www.a.test'), 'c.test');
  before.write(' two');
  await peer.expect('one two');
  const again = await visit(t, port, 'a.test', { maxVersion: 'TLSv1.2', session });
  assert.equal(again.isSessionReused(), true);
});

scenario('a certificate without its key, and a list with a mistake, change nothing', async (t) => {
  const { port, socket, dir, list } = await start(t);
  const file = dir.join('a.pem');
  await ask(socket, `set ssl cert ${file}`, readFileSync(dir.join('b.crt'), 'utf8'));
  const refused = await ask(socket, `commit ssl cert ${file}`);
  assert.match(refused, /this private key \(EC P-256\) does not belong to certificate CN=b\.test/);
  assert.match(refused, /Can't commit/);
  // The key follows, as HAProxy has it: the transaction is still open.
  assert.match(
    await ask(socket, `set ssl cert ${file}.key`, readFileSync(dir.join('b.key'), 'utf8')),
    /Transaction updated/,
  );
  assert.match(await ask(socket, `commit ssl cert ${file}`), /Success!/);
  assert.equal(await shown(t, port, 'x.b.test'), 'b.test');
  const wrong = await ask(socket, `add ssl crt-list ${list}`, `${file} [verfy none] foo.test`);
  assert.match(
    wrong,
    /Can't edit the crt-list: .*there is no option 'verfy' in the brackets of a crt-list; did you mean 'verify'/,
  );
  assert.equal(await shown(t, port, 'foo.test'), await shown(t, port, 'a.test'));
});

scenario('a new certificate serves as soon as it is in a list, and a reload goes back to the files', async (t) => {
  const { port, socket, dir, list } = await start(t);
  const made = dir.join('made.pem');
  for (const [line, payload] of [
    [`new ssl cert ${made}`],
    [`set ssl cert ${made}`, readFileSync(dir.join('c.pem'), 'utf8')],
    [`commit ssl cert ${made}`],
    [`add ssl crt-list ${list} ${made}`],
  ] as const)
    await ask(socket, line, payload);
  assert.equal(await shown(t, port, 'c.test'), 'c.test');
  assert.match(await ask(socket, 'reload'), /Reloaded\./);
  assert.equal(await shown(t, port, 'c.test'), 'a.test');
  assert.doesNotMatch(await ask(socket, 'show ssl cert'), /made\.pem/);
});

scenario('authorities are replaced: clients of the new one are welcome, those of the old one are not', async (t) => {
  const files = filesOf(t);
  const other = filesOf(t);
  const { port, socket, ca, server } = await start(t, files);
  const client = (from: Files): ConnectionOptions => ({
    key: readFileSync(from.dir.join('a.key')),
    cert: readFileSync(from.dir.join('a.crt')),
    maxVersion: 'TLSv1.2',
  });
  const welcome = async (from: Files): Promise<boolean> => {
    const socketOf = connect({
      port,
      host: '127.0.0.1',
      servername: 'b.test',
      rejectUnauthorized: false,
      ...client(from),
    });
    onCleanup(t, () => void socketOf.destroy());
    socketOf.on('error', () => {});
    socketOf.write('x');
    const before = server.connections.length;
    const reached = (): boolean => server.connections.length > before;
    await until('the server to be reached, or the end', () => reached() || socketOf.closed);
    return reached();
  };
  assert.equal(await welcome(files), true);
  await ask(socket, `set ssl ca-file ${ca}`, readFileSync(other.ca, 'utf8'));
  assert.match(await ask(socket, `commit ssl ca-file ${ca}`), /Success!/);
  assert.equal(await welcome(files), false);
  assert.equal(await welcome(other), true);
});

scenario('ctl sends a command, and standard input as its payload', async (t) => {
  const { socket, dir, port } = await start(t);
  const [command, ...args] = [...SOURCES.terminator, 'ctl', '-s', socket];
  const shownBy = await run(t, command, [...args, 'show', 'ssl', 'cert']);
  assert.match(shownBy.stdout, /a\.pem\n/);
  assert.equal(shownBy.code, 0);
  const shell = `"$0" "$@" set ssl cert ${dir.join('a.pem')} '<<' < ${dir.join('c.pem')}`;
  const set = await run(t, 'sh', ['-c', shell, command, ...args]);
  assert.match(set.stdout, /Transaction created/);
  const committed = await run(t, command, [...args, 'commit', 'ssl', 'cert', dir.join('a.pem')]);
  assert.equal(committed.code, 0);
  assert.equal(await shown(t, port, 'www.a.test'), 'c.test');
  assert.equal((await run(t, command, [...args, 'commit', 'ssl', 'cert', '/nowhere'])).code, 1);
  const byFile = await run(t, command, [...args.slice(0, -2), '-f', dir.join('stunnel.conf'), 'show', 'info']);
  assert.match(byFile.stdout, /Name: headgate-terminator\n(.*\n)*Certificates: 2/);
});
