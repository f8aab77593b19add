import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { ours } from './ours.ts';
import { stunnelConfig } from './stunnel-config.ts';

/** Our terminator with stunnel's configuration file; its PROXY header is version 2. */
export const terminator: Contender = {
  title: 'tls-terminator',
  needs: [],
  compiles: true,
  tls: true,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'terminator.conf': stunnelConfig(place, 'proxy-v2') },
      command: [...ours('tls-terminator'), '-f', join(place.directory, 'terminator.conf')],
    },
  ],
};
