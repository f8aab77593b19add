import { join } from 'node:path';
import { runCommand } from '../process.ts';
import type { Load, Reach } from '../measure/sample.ts';

const GB = 1e9;

/** Successive bodies of 100 MB on one connection, with curl; counted in gigabytes. */
export function download(reach: Reach, seconds: number): Promise<Load> {
  return repeat(reach, seconds, []);
}

/** The same in the other direction. */
export function upload(reach: Reach, seconds: number): Promise<Load> {
  return repeat(reach, seconds, ['-T', join(reach.directory, '100m'), '-H', 'Expect:']);
}

async function repeat({ port, tls, core }: Reach, seconds: number, options: readonly string[]): Promise<Load> {
  let [bytes, spent] = [0, 0];
  while (spent < seconds) {
    const output = await runCommand(
      [
        'curl',
        '-sSfk',
        '-H',
        'Host: dev-coltrane01',
        ...options,
        '-o',
        '/dev/null',
        '-w',
        '%{time_total} %{size_download} %{size_upload}\n',
        `${tls ? 'https' : 'http'}://127.0.0.1:${port}/100m`,
      ],
      core,
      60_000,
    );
    const [time = 0, down = 0, up = 0] = output.trim().split(' ').map(Number);
    spent += time;
    bytes += Math.max(down, up);
  }
  return { items: bytes / GB, seconds: spent };
}
