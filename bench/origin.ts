import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from './process.ts';
import { freePort } from '../test/support/ports.ts';

/** Sizes of the files of the file origin. */
export const FILES = { '64k': 65_536, '100m': 100 * 1024 * 1024 } as const;

/** The two origin servers, shared by all contenders of a case. */
export interface Origins {
  /** nginx: 100 bytes for every request, with a new ETag each time except for `/`; `/64k` and `/100m` from files. */
  readonly files: number;
  /** bench/programs/origin.mjs. */
  readonly program: number;
}

export async function startOrigins(directory: string, core: number): Promise<Origins> {
  const [files, program] = [await freePort(), await freePort()];
  for (const [name, size] of Object.entries(FILES)) writeFileSync(join(directory, name), Buffer.alloc(size, 'x'));
  const configuration = join(directory, 'origin.conf');
  writeFileSync(configuration, filesConfig(directory, files));
  await startProcess(['nginx', '-p', directory, '-e', 'origin.log', '-c', configuration], { core, listens: files });
  await startProcess(
    [process.execPath, fileURLToPath(new URL('programs/origin.mjs', import.meta.url)), String(program)],
    { core, listens: program },
  );
  return { files, program };
}

/** The number of requests received by an origin so far. */
export async function served(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/served`)).text();
  const count = /requests\s+\d+ \d+ (\d+)/.exec(text)?.[1];
  if (count === undefined) throw new Error(`the origin does not count requests\n${text}`);
  return Number(count);
}

function filesConfig(directory: string, port: number): string {
  return `
daemon off; master_process off; worker_processes 1; pid origin.pid; error_log origin.log;
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 1000000000; sendfile on; open_file_cache max=10;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = / { return 200 "${'x'.repeat(100)}"; }
    location / { add_header ETag $request_id; add_header Cache-Control private; return 200 "${'x'.repeat(100)}"; }
    location = /served { stub_status; }
    location = /64k { root ${directory}; }
    location = /100m { root ${directory}; }
  }
}
`;
}
