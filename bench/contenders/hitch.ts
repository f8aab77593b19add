import { join } from 'node:path';
import type { Contender, Place } from '../contender.ts';

/** hitch with one worker, which must not run as root; it sends PROXY version 2. */
export const hitch: Contender = {
  title: 'hitch',
  needs: ['hitch'],
  compiles: false,
  tls: true,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'hitch.conf': hitchConfig(place) },
      command: ['hitch', `--config=${join(place.directory, 'hitch.conf')}`],
    },
  ],
};

function hitchConfig(place: Place): string {
  return `
frontend = { host = "127.0.0.1" port = "${place.accept}" }
backend = "${typeof place.connect === 'number' ? `[127.0.0.1]:${place.connect}` : place.connect}"
pem-file = "${place.certificate}"
workers = 1
backlog = 4096
daemon = off
quiet = on
${process.getuid?.() === 0 ? 'user = "nobody"' : ''}
write-proxy-v2 = ${place.proxied ? 'on' : 'off'}
`;
}
