import type { TestContext } from 'node:test';
import { makeCertificates } from './certificates.ts';
import { freePort } from './ports.ts';
import type { StartOptions, TestProcess } from './process.ts';
import { startProgram } from './programs.ts';
import { TempDir } from './temp.ts';

/** HAProxy as a terminator in front of a port of 127.0.0.1, with one thread: one event loop, as ours. */
export async function startHaproxyTls(
  t: TestContext,
  connect: number,
  options: StartOptions = {},
): Promise<{ readonly port: number; readonly process: TestProcess }> {
  const port = await freePort();
  const lines = [
    'global',
    '  nbthread 1',
    'defaults',
    '  mode tcp',
    '  timeout connect 5s',
    '  timeout client 1m',
    '  timeout server 1m',
    'listen tls',
    `  bind 127.0.0.1:${port} ssl crt ${makeCertificates(t).keyAndCertFile}`,
    `  server one 127.0.0.1:${connect}`,
    '',
  ];
  const file = new TempDir(t).write('haproxy.cfg', lines.join('\n'));
  return { port, process: await startProgram(t, 'haproxy', file, [port], options) };
}
