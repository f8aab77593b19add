import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ours } from '../contenders/ours.ts';
import { controlSocket, haproxyText, nginxText, type Wanted } from './configurations.ts';

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
  readonly command: (place: Pick<Place, 'directory'>) => readonly [string, ...string[]];
  /** Writes the configuration of a change. */
  readonly write: (place: Place, change: Change) => void;
  /** What makes it read that. */
  readonly signal: NodeJS.Signals;
  /** What it prints when a reload is over; undefined: nothing to wait for. */
  readonly reloaded: RegExp | undefined;
}

/** Servers and rules come and go: the second server on every change, the third on every third. */
function serversOf({ port, servers }: Place, { number }: Change): Pick<Wanted, 'port' | 'sockets' | 'pages'> {
  const [first, second, third] = servers;
  const pages = [first, ...(number % 2 === 0 ? [second] : []), ...(number % 3 === 0 ? [third] : [])];
  return { port, sockets: first, pages };
}

function writeHaproxy(place: Place, change: Change, { global = [], frontend = [] }: Partial<Wanted>): void {
  const rules = [
    `http-request set-header X-Change ${change.number}`,
    `http-request deny if { path /denied-${change.number} }`,
  ];
  const text = haproxyText({ ...serversOf(place, change), global, frontend: [...frontend, ...rules] });
  writeFileSync(join(place.directory, 'haproxy.cfg'), change.broken ? `${text}backend\n  sever x\n` : text);
}

function ourRouter(title: string, engine: 'wire' | 'http-proxy'): Subject {
  return {
    title,
    needs: [],
    command: ({ directory }) => [...ours('router'), '-f', join(directory, 'haproxy.cfg')],
    write: (place, change) => writeHaproxy(place, change, { frontend: [`engine ${engine}`] }),
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
    write: (place, change) => writeHaproxy(place, change, { global: [controlSocket(place.directory)] }),
    signal: 'SIGUSR2',
    reloaded: undefined,
  },
  nginx: {
    title: 'nginx',
    needs: ['nginx'],
    command: ({ directory }) => ['nginx', '-p', directory, '-e', 'nginx.log', '-c', join(directory, 'nginx.conf')],
    write: writeNginx,
    signal: 'SIGHUP',
    reloaded: undefined,
  },
} as const satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

function writeNginx(place: Place, change: Change): void {
  const text = nginxText({
    ...serversOf(place, change),
    global: ['daemon off;', 'worker_processes 1;'],
    frontend: [`proxy_set_header X-Change ${change.number};`, `location /denied-${change.number} { return 403; }`],
  });
  writeFileSync(join(place.directory, 'nginx.conf'), change.broken ? `${text}sever x;\n` : text);
}
