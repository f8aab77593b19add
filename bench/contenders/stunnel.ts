import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { stunnelConfig } from './stunnel-config.ts';

/** stunnel; its PROXY header is version 1, it has no other. */
export const stunnel: Contender = {
  title: 'stunnel',
  needs: ['stunnel4'],
  compiles: false,
  tls: true,
  parts: (place) => [
    {
      listens: place.accept,
      files: { 'stunnel.conf': stunnelConfig(place, 'proxy') },
      command: ['stunnel4', join(place.directory, 'stunnel.conf')],
    },
  ],
};
