import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { startApp } from './apps.ts';
import type { App } from './apps.ts';
import { makeCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './ports.ts';
import { inRepository, startProgram } from './programs.ts';
import type { Router, Terminator } from './programs.ts';
import { startSyslog } from './syslog.ts';
import type { Syslog } from './syslog.ts';
import { TempDir } from './temp.ts';

export interface ArticlePorts {
  readonly http: number;
  readonly coltrane: number;
  readonly maps: number;
  readonly log: number;
}

/** The article's haproxy.cfg as printed, with only the ports changed. */
export function articleRouterConfig(ports: ArticlePorts): string {
  return readFileSync(inRepository('test/fixtures/article/haproxy.cfg'), 'utf8')
    .replace('0.0.0.0:80\n', `0.0.0.0:${ports.http}\n`)
    .replace('log 127.0.0.1 ', `log 127.0.0.1:${ports.log} `)
    .replaceAll('localhost:3000', `localhost:${ports.maps}`)
    .replaceAll('localhost:8000', `localhost:${ports.coltrane}`);
}

/** Three changes that current HAProxy requires, none of which alters its meaning. */
function forModernHaproxy(config: string): string {
  return config
    .replaceAll('\u00a0', ' ')
    .replace(/^ *nbproc .*\n/m, '')
    .replace(/^frontend (\S+) (\S+)$/m, 'frontend $1\n    bind $2');
}

/** The article's stunnel.conf as printed, with only ports and paths changed. */
export function articleTerminatorConfig(
  files: { readonly pid: string; readonly cert: string },
  ports: { readonly https: number; readonly http: number },
): string {
  return readFileSync(inRepository('test/fixtures/article/stunnel.conf'), 'utf8')
    .replace('/var/run/stunnel.pid', files.pid)
    .replace('/etc/ssl/cert.key_pem', files.cert)
    .replace('accept = 443', `accept = ${ports.https}`)
    .replace('connect = 80', `connect = ${ports.http}`);
}

export interface Article {
  readonly https: number;
  readonly http: number;
  readonly certificates: Certificates;
  readonly syslog: Syslog;
}

/** A terminator and a router on free ports with the article's two files, in front of running applications. */
export async function startArticle(
  t: TestContext,
  terminator: Terminator,
  router: Router,
  apps: { readonly maps: number; readonly coltrane: number },
): Promise<Article> {
  const dir = new TempDir(t);
  const certificates = makeCertificates(t);
  const syslog = await startSyslog(t);
  const [http, https] = [await freePort(), await freePort()];

  const printed = articleRouterConfig({ ...apps, http, log: syslog.port }).replace(/^ *daemon\n/m, '');
  await startProgram(t, router, dir.write('haproxy.cfg', router === 'haproxy' ? forModernHaproxy(printed) : printed), [
    http,
  ]);

  const stunnel = articleTerminatorConfig(
    { pid: dir.join('stunnel.pid'), cert: certificates.keyAndCertFile },
    { https, http },
  );
  await startProgram(t, terminator, dir.write('stunnel.conf', `foreground = yes\n${stunnel}`), [https]);
  return { https, http, certificates, syslog };
}

export interface Pair extends Article {
  readonly maps: App;
  readonly coltrane: App;
}

/** The article's complete setup with two applications in this process. */
export async function startPair(t: TestContext, terminator: Terminator, router: Router): Promise<Pair> {
  const [maps, coltrane] = [await startApp(t, { name: 'maps' }), await startApp(t, { name: 'coltrane' })];
  const article = await startArticle(t, terminator, router, { maps: maps.port, coltrane: coltrane.port });
  return { ...article, maps, coltrane };
}
