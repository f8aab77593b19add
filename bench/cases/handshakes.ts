import { handshakes } from '../load/handshakes.ts';
import type { Case } from '../measure/sample.ts';
import { answers } from '../verify.ts';
import { rowsOf } from './rows.ts';

/** One request on each new TLS 1.3 connection with X25519. */
export const handshakesRsa: Case = {
  title: 'New TLS connections, RSA-2048 key',
  item: 'connection',
  requests: 'irrelevant',
  origin: 'files',
  key: 'rsa',
  rows: rowsOf(['terminator', 'terminator-before', 'tls-pipe', 'stunnel', 'hitch', 'haproxy-tls']),
  loads: [
    { name: 'full handshake', run: handshakes('full') },
    { name: 'resumed', run: handshakes('resumed') },
  ],
  verify: answers({}),
};

export const handshakesEc: Case = { ...handshakesRsa, title: 'New TLS connections, EC P-256 key', key: 'ec' };
