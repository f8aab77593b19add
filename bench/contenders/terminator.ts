import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { ours, oursBefore } from './ours.ts';
import { stunnelConfig } from './stunnel-config.ts';

/** Our terminator with stunnel's configuration file; its PROXY header is version 2. */
function withStunnelsFile(title: string, start: typeof ours): Contender {
  return {
    title,
    needs: [],
    compiles: true,
    tls: true,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'terminator.conf': stunnelConfig(place, 'proxy-v2') },
        command: [...start('tls-terminator'), '-f', join(place.directory, 'terminator.conf')],
      },
    ],
  };
}

export const terminator = withStunnelsFile('tls-terminator', ours);
export const terminatorBefore = withStunnelsFile('tls-terminator before', oursBefore);
