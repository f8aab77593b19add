import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { stunnelConfig } from './stunnel-config.ts';

/** stunnel; it supports only version 1 of the PROXY header. */
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
