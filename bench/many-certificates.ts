/**
 * What many certificates cost: the start until the first handshake, processor time and memory of a directory and of a crt-list, and what a
 * handshake costs for a new name. HAProxy beside it, and ourselves with one certificate.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { keyPem, newPrivateKey, selfSigned } from '@headgate/tls-terminator/certificate/self-made';
import { freePort } from '../test/support/ports.ts';
import { ours } from './contenders/ours.ts';
import { loadAverage } from './machine.ts';
import { spread } from './measure/statistics.ts';
import { processorSeconds, residentBytes } from './measure/usage.ts';
import { startProcess } from './process.ts';

const DEFAULT = 10_000;
const HANDSHAKES = 300;
const DAY = 86_400_000;

interface Files {
  readonly directory: string;
  readonly list: string;
  readonly one: string;
}

interface Subject {
  readonly name: string;
  readonly count: number;
  /** The command line for a port. */
  readonly start: (port: number) => readonly [string, ...string[]];
}

/** Measures, and returns a section of docs/performance.md. */
export async function manyCertificates(say: (line: string) => void, count = DEFAULT): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  const load = loadAverage();
  const rows: string[] = [];
  try {
    const files = await makeFiles(folder, count);
    for (const subject of subjectsOf(folder, files, count)) {
      const row = await measure(subject);
      say(row);
      rows.push(row);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return `## Many certificates

EC certificates of two names each, of one authority. *Start* is the time until the first handshake is over; *new name* the median of ${HANDSHAKES} full
handshakes, each for a new name, the connection and the client included. Load average ${load} to ${loadAverage()}.

| program | certificates | start | processor time | memory | handshake, new name | memory then |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

\`npm run bench -- --only certificates\`
`;
}

/** EC certificates of one authority, each with two names, and a list of them. */
async function makeFiles(folder: string, count: number): Promise<Files> {
  const authority = await newPrivateKey('ec-256');
  const [from, until] = [new Date(Date.now() - DAY), new Date(Date.now() + 60 * DAY)];
  const root = selfSigned(authority, { names: ['authority.test'], subject: 'authority', from, until });
  const directory = join(folder, 'certificates');
  mkdirSync(directory);
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = await newPrivateKey('ec-256');
    const names = [`a${index}.test`, `*.a${index}.test`];
    const issuer = { key: authority, subject: 'authority' };
    const file = join(directory, `${String(index).padStart(6, '0')}.pem`);
    const cert = selfSigned(key, { names, subject: names[0] ?? '', from, until, issuer });
    writeFileSync(file, keyPem(key) + cert + root, { mode: 0o600 });
    lines.push(`${file} a${index}.test *.a${index}.test`);
  }
  const list = join(folder, 'list');
  writeFileSync(list, `${lines.join('\n')}\n`);
  return { directory, list, one: join(directory, '000000.pem') };
}

function subjectsOf(folder: string, { directory, list, one }: Files, count: number): readonly Subject[] {
  const terminator =
    (lines: string) =>
    (port: number): readonly [string, ...string[]] => {
      const file = join(folder, `${port}.conf`);
      writeFileSync(file, `foreground = yes\ndebug = err\n[s]\naccept = 127.0.0.1:${port}\nconnect = 1\n${lines}\n`);
      return [...ours('tls-terminator'), '-q', '-f', file];
    };
  const haproxy =
    (words: string) =>
    (port: number): readonly [string, ...string[]] => {
      const file = join(folder, `${port}.cfg`);
      const times = 'defaults\n timeout client 9s\n timeout server 9s\n timeout connect 9s';
      writeFileSync(file, `${times}\nlisten s\n bind 127.0.0.1:${port} ssl ${words}\n server a 127.0.0.1:1\n`);
      return ['haproxy', '-db', '-f', file];
    };
  return [
    { name: 'headgate-terminator, one file', count: 1, start: terminator(`cert = ${one}`) },
    { name: 'headgate-terminator, a directory', count, start: terminator(`crt = ${directory}`) },
    { name: 'headgate-terminator, a crt-list', count, start: terminator(`crtList = ${list}`) },
    { name: 'haproxy, a directory', count, start: haproxy(`crt ${directory}`) },
    { name: 'haproxy, a crt-list', count, start: haproxy(`crt-list ${list}`) },
  ];
}

async function measure({ name, count, start }: Subject): Promise<string> {
  const port = await freePort();
  const began = performance.now();
  const running = await startProcess(start(port), { core: '0,1', listens: port, within: 120_000 });
  try {
    await handshake(port, 'a0.test');
    const seconds = (performance.now() - began) / 1000;
    const [processor, memory] = [processorSeconds([running.pid]), megabytes(running.pid)];
    const times: number[] = [];
    for (let index = 1; index <= HANDSHAKES; index += 1)
      times.push(await handshake(port, `a${Math.floor((index * count) / (HANDSHAKES + 1))}.test`));
    const cells = [
      `${seconds.toFixed(1)} s`,
      `${processor.toFixed(1)} s`,
      `${memory.toFixed(0)} MB`,
      `${(spread(times)?.median ?? Number.NaN).toFixed(2)} ms`,
      `${megabytes(running.pid).toFixed(0)} MB`,
    ];
    return `| ${name} | ${count} | ${cells.join(' | ')} |`;
  } finally {
    await running.stop();
  }
}

/** Milliseconds of a full handshake, the connection included. Rejects when another certificate comes. */
function handshake(port: number, servername: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const client = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
    client.once('error', reject);
    client.once('secureConnect', () => {
      const { CN } = client.getPeerCertificate().subject;
      client.removeAllListeners('error').on('error', () => {});
      client.destroy();
      if (CN === servername) resolve(performance.now() - began);
      else reject(new Error(`${servername}: the certificate of ${String(CN)} came`));
    });
  });
}

/** Memory that is resident. */
function megabytes(pid: number): number {
  return residentBytes([pid]) / 1024 ** 2;
}
