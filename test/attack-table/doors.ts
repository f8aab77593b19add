import type { TestContext } from 'node:test';
import { makeCertificates } from '../support/certificates.ts';
import { asked } from '../support/control.ts';
import { latency } from '../support/fairness.ts';
import { startHostile } from '../support/hostile.ts';
import { freePort } from '../support/ports.ts';
import type { TestProcess } from '../support/process.ts';
import { missing, startProgram } from '../support/programs.ts';
import type { Router } from '../support/programs.ts';
import { exchange, openRaw, RawServer } from '../support/raw.ts';
import { startRouting } from '../support/routing.ts';
import { memoryOf, socketsOf } from '../support/sockets.ts';
import { TempDir } from '../support/temp.ts';
import { visits } from '../support/tls-latency.ts';
import { until } from '../support/until.ts';
import { HANDSHAKE, PATIENCE, SWITCH, happens } from './attack.ts';
import { ABSENT } from './table.ts';
import type { Column, Outcome, Row } from './table.ts';

/** A router with a control socket and a statistics page of 200 servers, one of which is not well. */
interface Door {
  readonly ours: boolean;
  readonly port: number;
  readonly control: string;
  readonly process: TestProcess;
  /** Where WebSockets end; it reads everything. */
  readonly sockets: RawServer;
}

const SERVERS = 200;
/** What the memory of a program may grow by under an attack, in MB. */
const ROOM = 64;
const MARKUP = '<img src=x onerror=alert(1)>';

/** Visits during an attack; or what it does to the memory, when that is more. */
async function during(
  t: TestContext,
  door: Pick<Door, 'port' | 'process'>,
  attack: () => Promise<unknown>,
): Promise<Outcome> {
  const { port, process } = door;
  await latency(t, port);
  const before = await memoryOf(process.pid);
  await attack();
  const waits = await latency(t, port).catch(() => undefined);
  if (waits === undefined) return process.running ? 'others are not served' : 'the process dies';
  const grown = Math.round(((await memoryOf(process.pid)) - before) / 1024 / 1024);
  return grown > ROOM ? `${grown} MB more memory` : waits;
}

/** `deaf`: they read none of the pages they ask for. */
function askingForPages(t: TestContext, door: Door, connections: number, deaf: boolean): Promise<Outcome> {
  const again = 'GET /stats HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50);
  return during(t, door, () =>
    startHostile(t, { kind: 'clients', port: door.port, connections, first: '', again, deaf }),
  );
}

function controlled(title: string, again: string, deaf: boolean): Row<Door> {
  return {
    kind: 'exhaust',
    title,
    run: (t, door) =>
      during(t, door, () =>
        startHostile(t, { kind: 'clients', port: door.control, connections: 10, first: 'prompt\n', again, deaf }),
      ),
  };
}

/** Frames of a WebSocket client: FIN, text, one masked byte. */
const ONE_BYTE = '\x81\x81\0\0\0\0a';
/** A frame of 2^40 bytes begins. */
const TERABYTE = '\x82\xff\0\0\x01\0\0\0\0\0\0\0\0\0';

export const doorways: readonly Row<Door>[] = [
  controlled(
    '10 clients of the control socket that ask for all statistics without end and read nothing',
    'show stat\n'.repeat(50),
    true,
  ),
  controlled(
    '10 clients of the control socket that ask for all statistics without end',
    'show stat\n'.repeat(50),
    false,
  ),
  controlled('10 clients of the control socket that send a line without end', 'x'.repeat(65_536), false),
  {
    kind: 'exhaust',
    title: '300 connections to the control socket that say nothing',
    async run(t, door) {
      const idle = await socketsOf(door.process.pid);
      const waits = await during(t, door, () =>
        startHostile(t, { kind: 'clients', port: door.control, connections: 300, first: '', again: '', deaf: true }),
      );
      if (typeof waits === 'string') return waits;
      const open = (await socketsOf(door.process.pid)) - idle;
      return open > 100 ? `${open} descriptors are taken` : waits;
    },
  },
  {
    kind: 'inject',
    title: 'a header whose bytes are commands, shown by the control socket',
    async run(t, door) {
      await exchange(t, door.port, 'GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\nshutdown frontend front\x1b[31m\r\n\r\n');
      const shown = await asked(door.control, 'show errors');
      // oxlint-disable-next-line no-control-regex -- control bytes are what it looks for
      return /[\x00-\x08\x0b-\x1f\x7f]/.test(shown) ? 'an escape sequence reaches the terminal' : undefined;
    },
  },
  {
    kind: 'exhaust',
    title: `8 clients that ask for the page of ${SERVERS} servers without end`,
    run: (t, door) => askingForPages(t, door, 8, false),
  },
  {
    kind: 'exhaust',
    title: `100 clients that ask for the page of ${SERVERS} servers without end and read nothing`,
    run: (t, door) => askingForPages(t, door, 100, true),
  },
  {
    kind: 'inject',
    title: "markup in a server's response to its check, shown by the page",
    async run(t, door) {
      const page = async (): Promise<string> =>
        exchange(t, door.port, 'GET /stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await until('the check to fail', async () => /L7STS|500/.test(await page()), PATIENCE);
      return (await page()).includes('<img src=x') ? 'the page holds it as it came' : undefined;
    },
  },
  {
    kind: 'inject',
    title: 'a form of the page sent from another site',
    async run(t, door) {
      const form = 's=one&action=drain&b=apps';
      const head = `POST /stats HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.test\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: ${form.length}\r\n\r\n`;
      await exchange(t, door.port, head + form);
      return /^apps,one,.*DRAIN/m.test(await asked(door.control, 'show stat')) ? 'the server is drained' : undefined;
    },
  },
  {
    kind: 'hang',
    title: '8 clients that send WebSocket messages of one byte without end',
    run: (t, door) =>
      during(t, door, () =>
        startHostile(t, {
          kind: 'clients',
          port: door.port,
          connections: 8,
          first: HANDSHAKE,
          again: ONE_BYTE.repeat(10_000),
        }),
      ),
  },
  {
    kind: 'exhaust',
    title: 'a WebSocket message of a terabyte',
    async run(t, door) {
      const client = await openRaw(t, door.port);
      client.send(HANDSHAKE);
      await client.expect('\r\n\r\n');
      client.send(TERABYTE);
      for (let piece = 0; piece < 64; piece += 1) client.send('x'.repeat(65_536));
      const end = await door.sockets.next();
      const passed = until('it to be passed on', () => end.count > 1024 * 1024, PATIENCE);
      if (await Promise.race([happens(passed), client.ended().then(() => false)]))
        return 'it is passed on: there is no limit';
      return door.process.running ? undefined : 'the process dies';
    },
  },
  {
    kind: 'exhaust',
    title: '500 clients of the responder of http-01, half of them with a head without end',
    run: (t, door) => (door.ours ? responder(t) : Promise.resolve(ABSENT)),
  },
];

/** What another client of the terminator waits while strangers hold the address that an authority asks. */
async function responder(t: TestContext): Promise<Outcome> {
  const dir = new TempDir(t);
  const [port, challenges, nobody] = [await freePort(), await freePort(), await freePort()];
  const server = await RawServer.listen(t, ({ socket }) => {
    socket.on('data', (bytes: Buffer) => bytes.includes('?') && socket.write('!'));
  });
  const { keyAndCertFile } = makeCertificates(t);
  const acme = {
    directory: `https://127.0.0.1:${nobody}/dir`,
    store: dir.join('acme'),
    contact: 'a@example.test',
    names: ['www.example.test'],
    challenge: 'http-01',
    http: `127.0.0.1:${challenges}`,
  };
  const service = { accept: `127.0.0.1:${port}`, connect: `127.0.0.1:${server.port}`, cert: keyAndCertFile };
  const held = { accept: `127.0.0.1:${await freePort()}`, connect: `127.0.0.1:${server.port}`, acme };
  const file = dir.write('terminator.yaml', JSON.stringify({ services: { https: service, held } }));
  const process = await startProgram(t, 'terminator', file, [port], { stopWith: 'SIGKILL' });
  const before = await memoryOf(process.pid);
  await startHostile(t, { kind: 'clients', port: challenges, connections: 250, first: '', again: '' });
  await startHostile(t, {
    kind: 'clients',
    port: challenges,
    connections: 250,
    first: 'GET / HTTP/1.1\r\n',
    again: 'X: y\r\n'.repeat(1000),
  });
  const waits = await visits(t, port, 1000);
  const grown = Math.round(((await memoryOf(process.pid)) - before) / 1024 / 1024);
  return grown > ROOM ? `${grown} MB more memory` : (waits ?? 'others are not served');
}

function door(name: string, router: Router): Column<Door> {
  return {
    name,
    missing: missing(router) === false ? false : 'not installed',
    async start(t, options) {
      const server = await RawServer.listen(t, (connection) => {
        connection.socket.on('data', () => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
      });
      const sockets = await RawServer.listen(t, (connection) => {
        connection.socket.once('data', () => connection.send(SWITCH));
      });
      const ill = await RawServer.listen(t, (connection) => {
        connection.socket.once('data', () => {
          connection.send(`HTTP/1.1 500 ${MARKUP}\r\nContent-Length: 0\r\n\r\n`);
          connection.end();
        });
      });
      const control = new TempDir(t).join('control.sock');
      const ours = router === 'router';
      const many = Array.from({ length: SERVERS }, (_, index) => `server s${index} 127.0.0.1:${server.port} disabled`);
      const routing = await startRouting(
        t,
        router,
        {
          global: ['maxconn 1000', `stats socket ${control} mode 600 level admin`],
          frontend: [
            'stats enable',
            'stats uri /stats',
            'stats admin if TRUE',
            'acl sockets path /chat',
            'use_backend sockets if sockets',
          ],
          backend: [`server one 127.0.0.1:${server.port}`, ...many],
          backends: {
            sockets: [
              'timeout tunnel 1m',
              ...(ours ? ['websocket max-message 64k messages-per-second 100'] : []),
              `server one 127.0.0.1:${sockets.port}`,
            ],
            ill: ['option httpchk GET /', `server one 127.0.0.1:${ill.port} check inter 100ms`],
          },
        },
        { ...options, stopWith: 'SIGKILL' },
      );
      return { ours, port: routing.port, control, process: routing.process, sockets };
    },
  };
}

export const doors: readonly Column<Door>[] = [door('HAProxy', 'haproxy'), door('headgate', 'router')];
