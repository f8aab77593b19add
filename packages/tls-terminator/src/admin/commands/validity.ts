import { expiryState } from '../../run/expiry-watch.ts';
import type { Commands } from '../command.ts';
import { linesOf } from '../lines.ts';

/** Certificates in one answer, those that end first. */
const MOST = 1000;
const DAY = 86_400_000;

export const validity = {
  'show certificates': {
    usage: '[json]',
    text: 'list what is served, the certificates that expire first on top',
    level: 'operator',
    run(words, { snapshot }) {
      const now = Date.now();
      const all = (snapshot()?.services ?? [])
        .flatMap(({ name, tls }) => (tls?.certificates ?? []).map(({ facts }) => ({ service: name, ...facts })))
        .toSorted((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
      const shown = all.slice(0, MOST).map((one) => ({
        service: one.service,
        file: one.file,
        subject: one.subject,
        names: one.names.slice(0, 20),
        notAfter: one.notAfter.toISOString(),
        days: Math.floor((one.notAfter.getTime() - now) / DAY),
        state: expiryState(one, now),
      }));
      if (words[0] === 'json' || words[0] === '--json')
        return `${JSON.stringify({ done: true, total: all.length, certificates: shown })}\n`;
      return linesOf([
        '# service days state not_after file subject',
        ...shown.map(({ service, days, state, notAfter, file, subject }) =>
          [service, days, state, notAfter, file, subject].join(' '),
        ),
        ...(all.length > MOST ? [`# ${all.length - MOST} more`] : []),
      ]);
    },
  },
} as const satisfies Commands;
