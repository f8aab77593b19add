import { existsSync } from 'node:fs';
import { engineStatements } from '../support/engines.ts';
import type { Engine } from '../support/engines.ts';
import { Origin } from '../support/origin.ts';
import { freePort } from '../support/ports.ts';
import { TestProcess } from '../support/process.ts';
import { inRepository, missing } from '../support/programs.ts';
import type { Router } from '../support/programs.ts';
import { startRouting } from '../support/routing.ts';
import type { Statements } from '../support/routing.ts';
import { TempDir } from '../support/temp.ts';
import type { Victim } from './attack.ts';
import type { Column } from './table.ts';

export type Contender = Column<Victim>;

/** The settings of an operator, where the proxy has them. */
const TIMEOUTS: Statements = ['timeout client 1s', 'timeout http-request 1s', 'timeout client-fin 1s'];
const BACKEND: Statements = [
  'timeout server 1s',
  'timeout tunnel 1h',
  'timeout server-fin 1s',
  'option forwardfor',
  'http-reuse always',
];

/** A library used as in its README, with a keep-alive agent, X-Forwarded-For, WebSockets and an error listener. */
function library(name: string): Contender {
  const program = inRepository(`bench/programs/${name}.mjs`);
  const installed = existsSync(inRepository(`bench/node_modules/${name}`));
  return {
    name,
    missing: installed ? false : 'not installed',
    async start(t, options) {
      const origin = await Origin.listen(t);
      const port = await freePort();
      const process_ = new TestProcess(
        t,
        process.execPath,
        [program, String(port), String(origin.port), 'keep-alive'],
        { ...options, stopWith: 'SIGKILL' },
      );
      await process_.ready([port]);
      return { port, process: process_, origin };
    },
  };
}

/** nginx with the same settings, its log off. */
const nginx: Contender = {
  name: 'nginx',
  missing: existsSync('/usr/sbin/nginx') ? false : 'not installed',
  async start(t, options) {
    const origin = await Origin.listen(t);
    const port = await freePort();
    const dir = new TempDir(t);
    const file = dir.write('nginx.conf', nginxText(port, origin.port));
    const words = ['-p', dir.path, '-e', dir.join('error.log'), '-c', file];
    const process_ = new TestProcess(t, '/usr/sbin/nginx', words, { ...options, stopWith: 'SIGKILL' });
    await process_.ready([port]);
    return { port, process: process_, origin };
  },
};

function nginxText(port: number, origin: number): string {
  return `daemon off; master_process off; pid nginx.pid;
events { worker_connections 1000; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_header_timeout 1s; client_body_timeout 1s; send_timeout 1s; keepalive_timeout 1s; lingering_timeout 1s;
  map $http_upgrade $hop { default upgrade; '' ''; }
  upstream apps { server 127.0.0.1:${origin}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://apps;
      proxy_http_version 1.1; proxy_read_timeout 1s; proxy_send_timeout 1s;
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hop;
    }
  }
}
`;
}

function routed(name: string, router: Router, engine?: Engine): Contender {
  return {
    name,
    missing: missing(router) === false ? false : 'not installed',
    async start(t, options) {
      const origin = await Origin.listen(t);
      const frontend = [...(engine === undefined ? [] : engineStatements(engine)), ...TIMEOUTS];
      const routing = await startRouting(
        t,
        router,
        // No maxconn: it follows from the limit of open files.
        { global: [], frontend, backend: [...BACKEND, `server one 127.0.0.1:${origin.port}`] },
        { ...options, stopWith: 'SIGKILL' },
      );
      return { port: routing.port, process: routing.process, origin };
    },
  };
}

export const contenders: readonly Contender[] = [
  library('http-proxy'),
  library('http-proxy-3'),
  library('httpxy'),
  nginx,
  routed('HAProxy', 'haproxy'),
  routed('wire engine', 'router', 'wire'),
  routed('http-proxy engine', 'router', 'http-proxy'),
];
