import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ours } from '../contenders/ours.ts';

/** What one reload changes. */
export interface Change {
  readonly number: number;
  /** An error: the configuration before must serve on. */
  readonly broken: boolean;
}

export interface Place {
  readonly directory: string;
  readonly port: number;
  /** The applications: WebSockets and pages go to the first, pages also to the others. */
  readonly servers: readonly [number, number, number];
}

/** A program whose configuration is changed while it serves. */
export interface Subject {
  readonly title: string;
  readonly needs: readonly string[];
  readonly command: (place: Place) => readonly [string, ...string[]];
  /** Writes the configuration of a change. */
  readonly write: (place: Place, change: Change) => void;
  /** What makes it read that. */
  readonly signal: NodeJS.Signals;
  /** What it prints when a reload is over; undefined: nothing to wait for. */
  readonly reloaded: RegExp | undefined;
}

/** Servers and rules come and go: the second server on every change, the third on every third. */
function serversOf({ servers }: Place, { number }: Change): readonly number[] {
  const [first, second, third] = servers;
  return [first, ...(number % 2 === 0 ? [second] : []), ...(number % 3 === 0 ? [third] : [])];
}

function haproxyConfig(place: Place, change: Change, engine: string | undefined): string {
  const lines = serversOf(place, change).map((port, index) => `  server s${index} 127.0.0.1:${port}`);
  return `global
  maxconn 5000
  ${engine === undefined ? `stats socket ${join(place.directory, 'control.sock')} mode 600 level admin expose-fd listeners` : ''}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:${place.port}
  ${engine === undefined ? '' : `engine ${engine}`}
  http-request set-header X-Change ${change.number}
  http-request deny if { path /denied-${change.number} }
  use_backend sockets if { path /ws }
  default_backend pages
backend sockets
  server one 127.0.0.1:${place.servers[0]}
backend pages
${lines.join('\n')}
${change.broken ? 'backend\n  sever x\n' : ''}`;
}

function ourRouter(title: string, engine: 'wire' | 'http-proxy'): Subject {
  return {
    title,
    needs: [],
    command: ({ directory }) => [...ours('router'), '-f', join(directory, 'haproxy.cfg')],
    write: (place, change) => writeFileSync(join(place.directory, 'haproxy.cfg'), haproxyConfig(place, change, engine)),
    signal: 'SIGHUP',
    reloaded: /notice reloaded on SIGHUP/g,
  };
}

/** By the names of `--rows`. */
export const subjects = {
  router: ourRouter('router', 'wire'),
  'router-http-proxy': ourRouter('router, engine http-proxy', 'http-proxy'),
  haproxy: {
    title: 'HAProxy 2.6, master-worker',
    needs: ['haproxy'],
    command: ({ directory }) => ['haproxy', '-W', '-db', '-f', join(directory, 'haproxy.cfg')],
    write: (place, change) =>
      writeFileSync(join(place.directory, 'haproxy.cfg'), haproxyConfig(place, change, undefined)),
    signal: 'SIGUSR2',
    reloaded: undefined,
  },
  nginx: {
    title: 'nginx',
    needs: ['nginx'],
    command: ({ directory }) => ['nginx', '-p', directory, '-e', 'nginx.log', '-c', join(directory, 'nginx.conf')],
    write: (place, change) => writeFileSync(join(place.directory, 'nginx.conf'), nginxConfig(place, change)),
    signal: 'SIGHUP',
    reloaded: undefined,
  },
} as const satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

function nginxConfig(place: Place, change: Change): string {
  return `daemon off; worker_processes 1; pid nginx.pid; error_log nginx.log;
events { worker_connections 5000; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $hop { default upgrade; '' ''; }
  upstream sockets { server 127.0.0.1:${place.servers[0]}; }
  upstream pages { ${serversOf(place, change)
    .map((port) => `server 127.0.0.1:${port};`)
    .join(' ')} keepalive 100; }
  server {
    listen 127.0.0.1:${place.port} backlog=4096;
    proxy_http_version 1.1; proxy_read_timeout 1h; proxy_set_header X-Change ${change.number};
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hop;
    location /denied-${change.number} { return 403; }
    location /ws { proxy_pass http://sockets; }
    location / { proxy_pass http://pages; }
  }
}
${change.broken ? 'sever x;' : ''}
`;
}
