import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { makeCertificates } from '../support/certificates.ts';
import { onCleanup } from '../support/cleanup.ts';
import { leaveEarly } from '../support/leavers.ts';
import { freePort } from '../support/ports.ts';
import { TestProcess } from '../support/process.ts';
import { missing } from '../support/programs.ts';
import type { Terminator } from '../support/programs.ts';
import { RawServer } from '../support/raw.ts';
import { socketsOf } from '../support/sockets.ts';
import { TempDir } from '../support/temp.ts';
import { startTerminating } from '../support/terminating.ts';
import { prepareFlood } from '../support/tls-flood.ts';
import type { Flood } from '../support/tls-flood.ts';
import { settled, until } from '../support/until.ts';
import type { Column, Row } from './table.ts';

/** A terminator under attack and its server. */
interface TlsVictim {
  readonly port: number;
  readonly process: TestProcess;
  readonly server: RawServer;
}

const ATTACKERS = 4;
const ROUNDS = 10;
const LEAVERS = 100;

export const tlsAttacks: readonly Row<TlsVictim>[] = [
  {
    kind: 'leak',
    title: `${ROUNDS} times ${LEAVERS} clients that leave right after their handshake, in five ways`,
    async run(t, { port, process, server }) {
      const idle = await socketsOf(process.pid);
      for (let round = 0; round < ROUNDS; round += 1) {
        const leavers = Array.from({ length: LEAVERS }, (_, index) => leaveEarly(t, port, index));
        await settled('the clients', Promise.all(leavers));
      }
      const gone = until('the end of their connections to the server', () => server.open() === 0);
      await gone.catch(() => {});
      if (!process.running) return 'the process dies';
      if (server.open() > 0) return `${server.open()} connections to the server stay`;
      const left = async (): Promise<number> => (await socketsOf(process.pid)) - idle;
      await until('its sockets to be back', async () => (await left()) <= 0).catch(() => {});
      return (await left()) <= 0 ? undefined : `${await left()} descriptors stay`;
    },
  },
  flood('4 clients with 10,000 TLS records of one byte each in one burst', 'bytes'),
  flood('4 clients with 10,000 key updates each', 'key-updates'),
  flood('4 clients with 10,000 key updates each that ask for one in return', 'key-updates-both-ways'),
];

/** Bursts, beside a client that asks again and again. */
function flood(title: string, kind: Flood): Row<TlsVictim> {
  return {
    kind: 'hang',
    title,
    async run(t, { port, process }) {
      const floods = [];
      for (let index = 0; index < ATTACKERS; index += 1) floods.push(await prepareFlood(t, port, kind, 10_000));
      for (const send of floods) send();
      const times: number[] = [];
      const end = performance.now() + 2000;
      while (performance.now() < end) {
        const before = performance.now();
        if (!(await visit(t, port))) return process.running ? 'others are not served' : 'the process dies';
        times.push(performance.now() - before);
      }
      times.sort((one, other) => one - other);
      return { median: times[times.length >> 1] ?? 0, slowest: times.at(-1) ?? 0 };
    },
  };
}

/** Whether a client is answered within ten seconds. */
async function visit(t: TestContext, port: number): Promise<boolean> {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  client.on('secureConnect', () => client.write('?'));
  const answered = once(client, 'data').then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answered, pause(10_000, false, { ref: false })]);
  client.destroy();
  return result;
}

/** Answers `?`, and reads everything else silently. */
function listen(t: TestContext): Promise<RawServer> {
  return RawServer.listen(t, ({ socket }) => {
    socket.on('data', (bytes: Buffer) => bytes.includes('?') && socket.write('!'));
    socket.on('end', () => socket.end());
  });
}

function terminator(name: string, program: Terminator): Column<TlsVictim> {
  return {
    name,
    missing: missing(program) === false ? false : 'not installed',
    async start(t, options) {
      const server = await listen(t);
      const kill = { ...options, stopWith: 'SIGKILL' } as const;
      const { port, process } = await startTerminating(t, program, { connect: server.port }, kill);
      return { port, process, server };
    },
  };
}

const hitch: Column<TlsVictim> = {
  name: 'hitch',
  missing: false,
  async start(t) {
    const server = await listen(t);
    const port = await freePort();
    const config = new TempDir(t).write(
      'hitch.conf',
      [
        `frontend = { host = "127.0.0.1" port = "${port}" }`,
        `backend = "[127.0.0.1]:${server.port}"`,
        `pem-file = "${makeCertificates(t).keyAndCertFile}"`,
        'daemon = off',
        'quiet = on',
        ...(process.getuid?.() === 0 ? ['user = "nobody"'] : []),
        '',
      ].join('\n'),
    );
    const program = new TestProcess(t, 'hitch', [`--config=${config}`], {
      env: { PATH: `${process.env['PATH']}:/usr/sbin` },
    });
    await program.ready([port]);
    return { port, process: program, server };
  },
};

export const terminators: readonly Column<TlsVictim>[] = [
  terminator('stunnel', 'stunnel4'),
  hitch,
  terminator('headgate-terminator', 'terminator'),
];
