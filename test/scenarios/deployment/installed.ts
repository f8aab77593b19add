import { accessSync, constants, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { inRepository } from '../../support/programs.ts';
import { TempDir } from '../../support/temp.ts';

/** A simulated installation: this repository as /opt/headgate, a directory as /etc/headgate and /run/headgate, other ports. */
export interface Installed {
  readonly dir: TempDir;
  readonly ports: { readonly https: number; readonly http: number };
  readonly ca: string;
  /** The pid files that the stanzas name. */
  readonly pidFiles: Readonly<Record<'headgate-terminator' | 'headgate-router', string>>;
  /** A file of deploy/ with the paths of that installation. */
  deployed(file: string): string;
}

export async function install(t: TestContext): Promise<Installed> {
  const dir = new TempDir(t);
  const app = await startApp(t);
  const ports = { https: await freePort(), http: await freePort() };
  const { ca, keyAndCertFile } = makeCertificates(t);
  dir.write(
    'tls-terminator.yaml',
    `hard-stop-after: 2s\ncert: ${keyAndCertFile}\nservices:\n  https: { accept: ${ports.https}, connect: ${ports.http} }\n`,
  );
  dir.write(
    'router.yaml',
    [
      'global: { hard-stop-after: 2s }',
      'defaults: { mode: http, timeout: { client: 10s, connect: 2s, server: 10s } }',
      `frontends: { all: { bind: "127.0.0.1:${ports.http}", default_backend: app } }`,
      `backends: { app: { servers: { app: 127.0.0.1:${app.port} } } }`,
      '',
    ].join('\n'),
  );
  const pidFiles = {
    'headgate-terminator': dir.join('terminator.pid'),
    'headgate-router': dir.join('router.pid'),
  };
  onCleanup(t, () => {
    // A supervisor that failed to stop them must not leave them running.
    for (const file of Object.values(pidFiles)) kill(pidIn(file));
  });
  const deployed = (file: string): string =>
    readFileSync(inRepository(`deploy/${file}`), 'utf8')
      .replaceAll('/opt/headgate', inRepository('.').replace(/\/$/, ''))
      .replaceAll(/\/run\/headgate-(?:router|terminator)\//g, `${dir.path}/`)
      .replaceAll(/\/(?:etc|run)\/headgate(?=\/)/g, dir.path)
      .replaceAll('uid headgate and gid headgate', `uid ${userInfo().uid} and gid ${userInfo().gid}`)
      .replaceAll('user=headgate', `user=${userInfo().username}`)
      .replaceAll('port 443', `port ${ports.https}`)
      .replaceAll('port 80', `port ${ports.http}`);
  return { dir, ports, ca, pidFiles, deployed };
}

/** The number in a pid file; undefined when there is none. */
export function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'latin1'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

export function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/** A reason to skip when a supervisor is not installed; with CI=true nothing is skipped, the test then fails. */
export function notInstalled(program: 'monit' | 'supervisord' | 'systemd-analyze'): string | false {
  if (process.env['CI'] === 'true') return false;
  const found = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/sbin'].some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ? false : `not installed: ${program}`;
}
