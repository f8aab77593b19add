import { join } from 'node:path';
import type { Contender, Place } from '../contender.ts';

/** nginx in one process, with keep-alive to the origin, no access log, and unbuffered bodies. */
export const nginx: Contender = {
  title: 'nginx',
  needs: ['nginx'],
  compiles: false,
  tls: false,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'nginx.conf': nginxConfig(place) },
      command: ['nginx', '-p', place.directory, '-e', 'nginx.log', '-c', join(place.directory, 'nginx.conf')],
    },
  ],
};

function nginxConfig(place: Place): string {
  return `
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log nginx.log;
events { worker_connections ${2 * place.maxconn + 100}; }
http {
  access_log off; keepalive_requests 1000000000; client_max_body_size 0;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $hop { default upgrade; '' ${place.close ? 'close' : "''"}; }
  upstream origin { server 127.0.0.1:${place.connect}; keepalive ${place.maxconn}; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${place.accept} backlog=4096;
    ${place.close ? 'keepalive_timeout 0;' : ''}
    location / {
      proxy_pass http://origin; proxy_http_version 1.1; proxy_request_buffering off; proxy_max_temp_file_size 0;
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hop;
    }
  }
}
`;
}
