import type { TestContext } from 'node:test';
import { makeCertificates } from '../support/certificates.ts';
import { leaveEarly } from '../support/leavers.ts';
import { freePort } from '../support/ports.ts';
import { TestProcess } from '../support/process.ts';
import { missing } from '../support/programs.ts';
import type { Terminator } from '../support/programs.ts';
import { RawServer } from '../support/raw.ts';
import { socketsOf } from '../support/sockets.ts';
import { TempDir } from '../support/temp.ts';
import { startTerminating } from '../support/terminating.ts';
import type { Flood } from '../support/tls-flood.ts';
import { startHaproxyTls } from '../support/tls-haproxy.ts';
import { crowd, renegotiators } from '../support/tls-crowd.ts';
import type { Unfinished } from '../support/tls-crowd.ts';
import { tlsLatencyDuring, visits } from '../support/tls-latency.ts';
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
  unfinished('1000 clients that connect and say nothing', 'silent', 1000),
  unfinished('1000 clients that send a ClientHello and nothing more', 'half', 1000),
  unfinished('1000 clients that send a ClientHello and reset', 'aborted', 1000),
  {
    kind: 'hang',
    title: '100 clients of TLS 1.2 that renegotiate up to 50 times each',
    async run(t, { port, process }) {
      const storm = renegotiators(t, port, 100, 50);
      const latency = await visits(t, port, 2000);
      await storm;
      return latency ?? (process.running ? 'others are not served' : 'the process dies');
    },
  },
  flood('4 clients with 10,000 TLS records of one byte each in one burst', 'bytes'),
  flood('4 clients with 10,000 key updates each', 'key-updates'),
  flood('4 clients with 10,000 key updates each that ask for one in return', 'key-updates-both-ways'),
];

/** Clients that never finish their handshakes, beside a client that asks again and again; then they leave, and nothing stays. */
function unfinished(title: string, kind: Unfinished, count: number): Row<TlsVictim> {
  return {
    kind: 'exhaust',
    title,
    async run(t, { port, process }) {
      const idle = await socketsOf(process.pid);
      await crowd(t, port, kind, count);
      const latency = await visits(t, port, 1000);
      if (latency === undefined) return process.running ? 'others are not served' : 'the process dies';
      if (kind !== 'aborted') return latency;
      const left = async (): Promise<number> => (await socketsOf(process.pid)) - idle;
      await until('its sockets to be back', async () => (await left()) <= 0).catch(() => {});
      return (await left()) <= 0 ? latency : `${await left()} descriptors stay`;
    },
  };
}

/** Bursts, beside a client that asks again and again. */
function flood(title: string, kind: Flood): Row<TlsVictim> {
  return {
    kind: 'hang',
    title,
    async run(t, { port, process }) {
      const parts = { port, flood: kind, attackers: ATTACKERS, records: 10_000, during: 2000 };
      const latency = await tlsLatencyDuring(t, parts);
      return latency ?? (process.running ? 'others are not served' : 'the process dies');
    },
  };
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

const haproxy: Column<TlsVictim> = {
  name: 'HAProxy',
  missing: false,
  async start(t) {
    const server = await listen(t);
    return { server, ...(await startHaproxyTls(t, server.port, { stopWith: 'SIGKILL' })) };
  },
};

export const terminators: readonly Column<TlsVictim>[] = [
  terminator('stunnel', 'stunnel4'),
  hitch,
  haproxy,
  terminator('headgate-terminator', 'terminator'),
];
