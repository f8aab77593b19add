import type { Commands } from '../command.ts';
import { linesOf } from '../lines.ts';

/** Certificates that are obtained and renewed: the words of HAProxy 3.2. */
export const acme = {
  'acme status': {
    usage: '',
    text: 'show the certificates that ACME keeps, and when their next step is due',
    level: 'operator',
    run: (_words, { keepers }) =>
      linesOf([
        '# certificate\tstate\tnext\texpires\tfailures\tlast error',
        ...keepers.status.map(({ name, state, next, notAfter, failures, lastError }) =>
          [name, state, date(next), notAfter === undefined ? '-' : date(notAfter), failures, lastError ?? '-'].join(
            '\t',
          ),
        ),
      ]),
  },
  'acme renew': {
    usage: '<certificate>',
    text: 'obtain a certificate now, by its first name or its file',
    level: 'admin',
    run([name], { keepers }) {
      if (name === undefined) return "'acme renew' expects the name of a certificate\n";
      return keepers.renew(name) ? '' : `No such certificate: '${name}' is not kept by ACME.\n`;
    },
  },
} as const satisfies Commands;

function date(time: number): string {
  return time === 0 ? 'now' : new Date(time).toISOString();
}
