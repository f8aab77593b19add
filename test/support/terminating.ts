import type { TestContext } from 'node:test';
import { makeCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './ports.ts';
import type { StartOptions, TestProcess } from './process.ts';
import { startProgram } from './programs.ts';
import type { Terminator } from './programs.ts';
import { TempDir } from './temp.ts';

export interface Terminating {
  readonly port: number;
  readonly certificates: Certificates;
  readonly process: TestProcess;
  readonly dir: TempDir;
  readonly pidFile: string;
}

export interface TerminatingParts {
  /** The destination of the plain side: a port of 127.0.0.1. */
  readonly connect: number;
  /** Lines before the service, and in it. */
  readonly global?: readonly string[];
  readonly service?: readonly string[];
}

/** Starts stunnel or our terminator on the same stunnel.conf, and waits until it serves. */
export async function startTerminating(
  t: TestContext,
  terminator: Terminator,
  parts: TerminatingParts,
  options: StartOptions = {},
): Promise<Terminating> {
  const dir = new TempDir(t);
  const certificates = makeCertificates(t);
  const port = await freePort();
  const pidFile = dir.join('terminator.pid');
  const file = dir.write(
    'stunnel.conf',
    terminatorConfig({ ...parts, port, pidFile, cert: certificates.keyAndCertFile }),
  );
  const process = await startProgram(t, terminator, file, [port], options);
  return { port, certificates, process, dir, pidFile };
}

export function terminatorConfig(
  parts: TerminatingParts & { readonly port: number; readonly pidFile: string; readonly cert: string },
): string {
  return [
    'foreground = yes',
    `pid = ${parts.pidFile}`,
    `cert = ${parts.cert}`,
    ...(parts.global ?? []),
    '[https]',
    `accept = 127.0.0.1:${parts.port}`,
    `connect = 127.0.0.1:${parts.connect}`,
    ...(parts.service ?? []),
    '',
  ].join('\n');
}
