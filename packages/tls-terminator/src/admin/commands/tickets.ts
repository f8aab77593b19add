import { ticketKey } from '../../certificate/ticket-keys.ts';
import type { TicketFile } from '../../model/served.ts';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { errorsOf, linesOf } from '../lines.ts';

const UNKNOWN = (command: string): string => `'${command}' unable to locate referenced filename\n`;

/** Keys of session tickets: HAProxy's words and its answers. They decrypt recorded connections: level admin. */
export const tickets = {
  'show tls-keys': {
    usage: '[id|*]',
    text: 'show tls keys references or dump tls ticket keys when id specified',
    level: 'admin',
    run([id], desk) {
      const all = filesOf(desk);
      if (id === undefined) return linesOf(['# id (file)', ...all.map(({ file }, index) => `${index} (${file})`)]);
      const shown = id === '*' ? all : all.filter((each, index) => isMeant(id, each, index));
      if (shown.length === 0 && id !== '*') return UNKNOWN('show tls-keys');
      return linesOf([
        '# id secret',
        ...shown.flatMap((each) => {
          const index = all.indexOf(each);
          return [`# ${index} (${each.file})`, ...each.lines.map((line, key) => `${index}.${key} ${line}`)];
        }),
      ]);
    },
  },
  'set ssl tls-key': {
    usage: '[id|file] <key>',
    text: 'set the next TLS key for the <id> or <file> listener to <key>',
    level: 'admin',
    async run([id, key], desk) {
      if (id === undefined || key === undefined)
        return "'set ssl tls-key' expects a filename and the new TLS key in base64 encoding.\n";
      const found = filesOf(desk).find((each, index) => isMeant(id, each, index));
      if (found === undefined) return UNKNOWN('set ssl tls-key');
      if (ticketKey(key) === undefined) return "'set ssl tls-key' received invalid base64 encoded TLS key.\n";
      const result = await desk.replace(found.file, `${[...found.lines.slice(-2), key].join('\n')}\n`);
      return result.applied ? 'TLS ticket key updated!\n' : linesOf(errorsOf(result.reasons));
    },
  },
} as const satisfies Commands;

/** Each file once, in the order of the configuration. */
function filesOf({ snapshot }: Desk): readonly TicketFile[] {
  const all = snapshot()?.services.flatMap(({ tls }) => tls?.ticketFile ?? []) ?? [];
  return [...new Map(all.map((each) => [each.file, each])).values()];
}

function isMeant(id: string, { file }: TicketFile, index: number): boolean {
  return id === file || id === `#${index}`;
}
