/** Clients and servers that know each other by keys they share beforehand (RFC 4279, RFC 9846 §4.2.11). */
import type { ServiceDirective } from '../directive.ts';
import { namedFile } from '../values.ts';

export const preSharedKeys = {
  PSKsecrets: {
    summary:
      'File with a line IDENTITY:KEY for each pre-shared key, at least 16 bytes, as text or as hexadecimal digits. A server then needs no certificate.',
    takes: '/path',
    default: 'none',
    example: 'PSKsecrets = /etc/stunnel/psk.txt',
    apply(value, draft, problems) {
      draft.pskSecrets = namedFile('PSKsecrets', value, problems) ?? draft.pskSecrets;
    },
  },
  PSKidentity: {
    summary: 'With `client = yes`: which of the keys to use.',
    takes: 'identity',
    default: 'the first one in PSKsecrets',
    example: 'PSKidentity = client1',
    apply(value, draft, problems) {
      if (/^[!-~ ]{1,127}$/.test(value.text)) draft.pskIdentity = value.text;
      else problems.error(value.at, 'an identity is 1 to 127 visible characters');
    },
  },
} as const satisfies Record<string, ServiceDirective>;
