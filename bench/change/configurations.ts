import { join } from 'node:path';

/** What HAProxy, the router and nginx are to do while something happens to them. */
export interface Wanted {
  readonly port: number;
  /** The applications: WebSockets go to the first, pages to the others. */
  readonly sockets: number;
  readonly pages: readonly number[];
  /** More for the program, and for what it serves, in its own language. */
  readonly global: readonly string[];
  readonly frontend?: readonly string[];
}

/** HAProxy's socket of commands, from which a new process gets the listening sockets. */
export function controlSocket(directory: string): string {
  return `stats socket ${join(directory, 'control.sock')} mode 600 level admin expose-fd listeners`;
}

/** For HAProxy and the router. */
export function haproxyText({ port, sockets, pages, global, frontend = [] }: Wanted): string {
  return `global
${['maxconn 5000', ...global].map((line) => `  ${line}\n`).join('')}defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:${port}
${frontend.map((line) => `  ${line}\n`).join('')}  use_backend sockets if { path /ws }
  default_backend pages
backend sockets
  server one 127.0.0.1:${sockets}
backend pages
${pages.map((each, index) => `  server s${index} 127.0.0.1:${each}\n`).join('')}`;
}

export function nginxText({ port, sockets, pages, global, frontend = [] }: Wanted): string {
  return `${global.join(' ')} pid nginx.pid; error_log nginx.log;
events { worker_connections 5000; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $hop { default upgrade; '' ''; }
  upstream sockets { server 127.0.0.1:${sockets}; }
  upstream pages { ${pages.map((each) => `server 127.0.0.1:${each};`).join(' ')} keepalive 100; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1; proxy_read_timeout 1h;
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hop;
    ${frontend.join(' ')}
    location /ws { proxy_pass http://sockets; }
    location / { proxy_pass http://pages; }
  }
}
`;
}
