/**
 * What one request costs in our own code: `node --conditions=x-src bench/own-code.ts [REQUESTS] [CONNECTIONS] [RULES]`, with `browser`
 * (default), `api` or `bare` requests, on 64 connections, and `edits` for ten edits of heads or `limit` for a limit per client. The wire engine with real connections whose
 * writes go nowhere and whose reads are made up, so that hardly a system call and no other program is in the figure: it shows a
 * change of a twentieth on a busy machine, where `npm run bench` needs a quiet one. Warm-up, then 30 samples.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Problems } from '@headgate/shared/config/problem';
import type { Link } from '@headgate/shared/net/link';
import { HandleLink } from '@headgate/shared/net/node/handle-link';
import { ReadMemory } from '@headgate/shared/net/node/read-memory';
import { Acceptor } from '@headgate/shared/net/transport';
import { PasswordChecks } from '../packages/router/src/auth/checks.ts';
import { createBackend } from '../packages/router/src/backend/runtime.ts';
import { compile } from '../packages/router/src/config/compile.ts';
import { readText } from '../packages/router/src/config/read.ts';
import { wireEngines } from '../packages/router/src/engine/wire/engine.ts';
import { errorAnswer } from '../packages/router/src/http/error-answers.ts';
import { decisionsOf } from '../packages/router/src/rules/memory.ts';
import { systemWorld } from '../packages/router/src/run/system-world.ts';
import { TableStore } from '../packages/router/src/run/tables.ts';
import { newBindCounters, newFrontendCounters, newProcessCounters } from '../packages/router/src/stats/counters.ts';
import { haproxyConfig } from './contenders/haproxy-config.ts';
import { EDITS, LIMIT } from './contenders/with-rules.ts';
import { requests } from './load/requests.ts';

const SAMPLES = 30;
const SAMPLE = 100;
const WARM_UP = 2500;

const [kind = 'browser', connections = '64', rules = ''] = process.argv.slice(2);
if (kind !== 'browser' && kind !== 'api' && kind !== 'bare') throw new Error(`no such requests: ${kind}`);
const count = Number(connections);

/** Our ends of the connections that clients opened, and those to the server that were sent a request. */
const clients: Link[] = [];
const asked: Link[] = [];
let answered = 0;

const origin = createServer((socket) => socket.resume()).listen(0, '127.0.0.1', 4096);
await once(origin, 'listening');
const front = await startRouter((origin.address() as AddressInfo).port);
for (let made = 0; made < count; made += 1) connect(front, '127.0.0.1').on('error', () => undefined);
while (clients.length < count) await turn();

HandleLink.prototype.write = function write(): boolean {
  if (ours.has(this)) answered += 1;
  else asked.push(this);
  return true;
};
const ours = new Set<Link>(clients);
const heads = requests(kind).map((text) => Buffer.from(text, 'latin1'));
const answers = Array.from({ length: 97 }, (_, index) => answer(index));
/** Read into again and again, as links do. */
const memory = new ReadMemory(false);
let next = 0;

for (const until = performance.now() + WARM_UP; performance.now() < until;) await step();
const samples: number[] = [];
for (let sample = 0; sample < SAMPLES; sample += 1) {
  const [before, already] = [process.cpuUsage(), answered];
  for (const until = performance.now() + SAMPLE; performance.now() < until;) await step();
  const { user, system } = process.cpuUsage(before);
  samples.push((user + system) / (answered - already));
}
samples.sort((one, other) => one - other);
const [least = 0, middle = 0] = [samples[0], samples[SAMPLES / 2]];
console.log(`${least.toFixed(2)} µs per request (median ${middle.toFixed(2)}), ${kind}, ${count} connections ${rules}`);
process.exit(0);

/** Every client sends a request, and every request gets its response. */
async function step(): Promise<void> {
  for (const client of clients) read(client, heads);
  while (asked.length < count) await turn();
  for (const server of asked.splice(0)) read(server, answers);
  await turn();
}

function read(link: Link, all: readonly Buffer[]): void {
  const bytes = all[(next += 1) % all.length] as Buffer;
  bytes.copy(memory.next());
  memory.lend(bytes.length, link.user);
}

function answer(index: number): Buffer {
  const head = `HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Fri, 27 Nov 2026 01:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 100\r\nConnection: keep-alive`;
  return Buffer.from(`${head}\r\nETag: ${index * 7919}\r\nCache-Control: private\r\n\r\n${'x'.repeat(100)}`);
}

/** One frontend with the article's rules in this process. Resolves with its port. */
async function startRouter(server: number): Promise<number> {
  const place = { directory: '', accept: 1, connect: server, between: 0, certificate: '', proxied: false };
  const text = haproxyConfig(
    { ...place, close: false, log: undefined, maxconn: 9000 },
    { frontend: rules === 'edits' ? EDITS : rules === 'limit' ? LIMIT : [] },
  );
  const problems = new Problems();
  const { snapshot } = compile(readText(text, 'own-code.cfg', {}, problems), { readFile: () => undefined }, problems);
  const frontend = snapshot?.frontends[0];
  if (snapshot === undefined || frontend === undefined) throw new Error(problems.list[0]?.message);
  const after = (ms: number, run: () => void): { cancel: () => void } => {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  };
  const deps = { now: () => performance.now(), after, random: () => 0, report: () => undefined };
  const tables = new TableStore(() => performance.now());
  tables.follow(snapshot.tables);
  const backends = new Map([...snapshot.backends].map(([name, backend]) => [name, createBackend(backend, deps)]));
  const engine = wireEngines()({
    config: frontend,
    global: snapshot.global,
    backends,
    decide: decisionsOf(frontend, backends),
    passwords: new PasswordChecks(),
    tables: tables.all,
    world: systemWorld(1),
    counts: { process: { value: 0 }, frontend: { value: 0 } },
    counters: newFrontendCounters(0),
    process: newProcessCounters(0),
    log: () => undefined,
    serve: () => errorAnswer(501),
    failed: () => undefined,
    invalid: () => undefined,
    event: () => undefined,
    unreachable: () => undefined,
    report: (_severity, message) => console.error(message),
  });
  const acceptor = new Acceptor(
    { noDelay: true, shards: 1, lending: true },
    (link) => {
      const { peer, local } = link;
      clients.push(link);
      const ends = { peer, local, client: peer, destination: local, proxied: false, tls: undefined };
      engine.serve(link, { ...ends, socket: newBindCounters() }, Buffer.alloc(0));
    },
    (error) => console.error(error.message),
  );
  const bound = await acceptor.listen({ host: '127.0.0.1', port: 0 });
  if (typeof bound !== 'object' || bound === null) throw new Error('no port');
  return bound.port;
}
