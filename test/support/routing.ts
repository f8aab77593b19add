import type { TestContext } from 'node:test';
import { freePort } from './ports.ts';
import { startProgram } from './programs.ts';
import type { Router } from './programs.ts';
import type { StartOptions, TestProcess } from './process.ts';
import { startSyslog } from './syslog.ts';
import type { Syslog } from './syslog.ts';
import { TempDir } from './temp.ts';

/** Lines of one section of haproxy.cfg. */
export type Statements = readonly string[];

export interface RoutingParts {
  readonly global?: Statements;
  readonly defaults?: Statements;
  readonly frontend?: Statements;
  /** Parameters after the bind address: `accept-proxy`. */
  readonly bind?: string;
  /** The backend `apps`, the default backend of the frontend. */
  readonly backend?: Statements;
  /** Further backends by name. */
  readonly backends?: Readonly<Record<string, Statements>>;
  /** Further sections by their first line: `userlist staff`. */
  readonly sections?: Readonly<Record<string, Statements>>;
}

/** A running router, and the log server it writes to. */
export interface Routing {
  readonly port: number;
  readonly url: string;
  readonly syslog: Syslog;
  readonly process: TestProcess;
  readonly file: string;
}

/** The haproxy.cfg both routers are given: the same bytes. */
export function routingConfig(port: number, logPort: number, parts: RoutingParts): string {
  const sections: readonly (readonly [string, Statements])[] = [
    ['global', parts.global ?? ['maxconn 1000']],
    [
      'defaults',
      [
        'mode http',
        `log 127.0.0.1:${logPort} local1`,
        'option httplog',
        'timeout connect 5s',
        'timeout client 60s',
        'timeout server 60s',
        'timeout http-request 60s',
        ...(parts.defaults ?? []),
      ],
    ],
    [
      'frontend front',
      [`bind 127.0.0.1:${port} ${parts.bind ?? ''}`, ...(parts.frontend ?? []), 'default_backend apps'],
    ],
    ['backend apps', parts.backend ?? []],
    ...Object.entries(parts.backends ?? {}).map(([name, lines]) => [`backend ${name}`, lines] as const),
    ...Object.entries(parts.sections ?? {}),
  ];
  return sections.map(([title, lines]) => [title, ...lines.map((line) => `    ${line}`), ''].join('\n')).join('\n');
}

/** Starts HAProxy or our router on the same file and waits until it is serving. */
export async function startRouting(
  t: TestContext,
  router: Router,
  parts: RoutingParts,
  options: StartOptions = {},
): Promise<Routing> {
  const dir = new TempDir(t);
  const syslog = await startSyslog(t);
  const port = await freePort();
  const file = dir.write('haproxy.cfg', routingConfig(port, syslog.port, parts));
  const program = await startProgram(t, router, file, [port], options);
  return { port, url: `http://127.0.0.1:${port}`, syslog, process: program, file };
}
