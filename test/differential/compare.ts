/** One configuration through HAProxy and through the router: every request that is answered otherwise, or logged otherwise, is a finding. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freePort, isListening } from '../support/ports.ts';
import { commandLine, type Router } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { prepared, type Entry, type Prepared } from './configuration.ts';
import { even } from './differences.ts';
import { bytesOf, requestsFor, type Asked } from './requests.ts';

export interface Finding {
  readonly configuration: string;
  readonly asked: string;
  readonly theirs: string;
  readonly ours: string;
}

export interface Outcome {
  /** `differs`, `same`, or why nothing was compared. */
  readonly result: 'same' | 'differs' | 'not loaded by haproxy' | 'not loaded by the router' | 'nothing in mode http';
  readonly requests: number;
  readonly findings: readonly Finding[];
  readonly said: string;
}

interface Side {
  readonly prepared: Prepared;
  readonly lines: string[];
  start(router: Router, folder: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Servers that say who they are and what they got, a log receiver, and the text that names them. */
async function side(original: string): Promise<Side> {
  const log = createSocket('udp4');
  log.bind(0, '127.0.0.1');
  await once(log, 'listening');
  const lines: string[] = [];
  log.on('message', (data) =>
    lines.push(
      data
        .toString('latin1')
        .replace(/^<\d+>\w{3} [ \d]\d \d\d:\d\d:\d\d [^:]*: /, '')
        .trimEnd(),
    ),
  );
  const servers: Server[] = [];
  const named = new Map<string, number>();
  const wanted = new Set<string>();
  prepared(original, { next: () => 1, log: 1, server: (name) => (wanted.add(name), 1) });
  for (const name of wanted) {
    const server = createServer((socket) => {
      let bytes = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.toString('latin1');
        for (let end = bytes.indexOf('\r\n\r\n'); end >= 0; end = bytes.indexOf('\r\n\r\n')) {
          const head = bytes.slice(0, end);
          bytes = bytes.slice(end + 4);
          const body = `${name}\n${even(head).replaceAll('\r\n', '\n')}\n`;
          const length = Buffer.byteLength(body, 'latin1');
          const sent = head.startsWith('HEAD') ? '' : body;
          socket.write(
            `HTTP/1.1 200 OK\r\nServer: ${name}\r\nX-Powered-By: test\r\nContent-Type: text/plain\r\nSet-Cookie: app=1; Path=/\r\nContent-Length: ${length}\r\n\r\n${sent}`,
            'latin1',
          );
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    named.set(name, (server.address() as AddressInfo).port);
  }
  const ports: number[] = [];
  for (let count = original.match(/^\s*bind /gm)?.length ?? 0; count > 0; count -= 1) ports.push(await freePort());
  const made = prepared(original, {
    next: () => ports.shift() ?? 0,
    log: log.address().port,
    server: (name) => named.get(name) ?? 0,
  });
  let child: ChildProcess | undefined;
  return {
    prepared: made,
    lines,
    async start(router, folder) {
      const file = join(folder, `${router}.cfg`);
      writeFileSync(file, made.text);
      const [command, ...args] = commandLine(router, file);
      let said = '';
      child = spawn(command, args, {
        cwd: folder,
        env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
      });
      child.stdout?.on('data', (data: Buffer) => (said += data.toString()));
      child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
      const ended = once(child, 'exit').then(() => 'ended' as const);
      const [first] = made.entries;
      const listening = (): Promise<boolean | 'ended'> => Promise.race([ended, isListening(first?.port ?? 0)]);
      const state = await until('the router to listen', listening, 20_000).catch(() => undefined);
      if (state === undefined) return `not listening: ${said}`;
      return state === 'ended' ? said : undefined;
    },
    async close() {
      if (child?.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      for (const server of servers) server.close();
      log.close();
    },
  };
}

function ask({ port }: Entry, asked: Asked): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytesOf(asked), 'latin1'));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => undefined);
    socket.setTimeout(4000, () => socket.destroy());
    socket.on('close', () => resolve(Buffer.concat(pieces).toString('latin1')));
  });
}

/** Sends `count` requests through both and compares responses, what the servers got, who answered, and log lines. */
export async function compare(
  configuration: string,
  original: string,
  folder: string,
  count: number,
): Promise<Outcome> {
  const [theirs, ours] = [await side(original), await side(original)];
  try {
    const nothing = { requests: 0, findings: [], said: '' };
    if (!theirs.prepared.usable) return { ...nothing, result: 'nothing in mode http' };
    const refused = await theirs.start('haproxy', folder);
    if (refused !== undefined) return { ...nothing, result: 'not loaded by haproxy', said: refused };
    const alsoRefused = await ours.start('router', folder);
    if (alsoRefused !== undefined) return { ...nothing, result: 'not loaded by the router', said: alsoRefused };
    const findings: Finding[] = [];
    const requests = requestsFor(original, count);
    const { entries } = theirs.prepared;
    const heads: string[] = [];
    for (const [at, asked] of requests.entries()) {
      const nth = at % entries.length;
      const [there, here] = [theirs.prepared.entries[nth], ours.prepared.entries[nth]];
      if (there === undefined || here === undefined) continue;
      const [one, other] = await Promise.all([ask(there, asked), ask(here, asked)]);
      const [a, b] = [evenPorts(even(one), theirs), evenPorts(even(other), ours)];
      heads.push(`${there.proxy}: ${bytesOf(asked)}`);
      if (a !== b) findings.push({ configuration, asked: heads.at(-1) ?? '', theirs: a, ours: b });
    }
    // No event says that the last line has come: while the numbers differ, one may be on its way.
    await until('as many lines', () => linesOf(theirs).length === linesOf(ours).length, 2000).catch(() => undefined);
    const [logged, own] = [linesOf(theirs), linesOf(ours)];
    if (logged.length !== own.length)
      findings.push({
        configuration,
        asked: 'log lines',
        theirs: `${logged.length} lines`,
        ours: `${own.length} lines`,
      });
    else
      for (const [at, line] of logged.entries())
        if (line !== own[at])
          findings.push({ configuration, asked: `log line of ${heads[at] ?? ''}`, theirs: line, ours: own[at] ?? '' });
    return { result: findings.length === 0 ? 'same' : 'differs', requests: requests.length, findings, said: '' };
  } finally {
    await Promise.all([theirs.close(), ours.close()]);
  }
}

/** Its access log. */
function linesOf(side: Side): readonly string[] {
  return side.lines
    .map((line) => evenPorts(even(line), side))
    .filter((line) => !/^(?:Server |Proxy |backend )|<BADREQ>/.test(line));
}

/** The ports of this side by the names of their proxies, wherever they appear. */
function evenPorts(text: string, { prepared: { entries } }: Side): string {
  return entries.reduce((one, { proxy, port }) => one.replaceAll(String(port), `PORT_${proxy}`), text);
}
