import { commandRunner } from '@headgate/shared/admin/run-command';
import { sessionCommands } from '@headgate/shared/admin/session-commands';
import type { Commands } from './command.ts';
import { acme } from './commands/acme.ts';
import { authorities } from './commands/authorities.ts';
import { certificates } from './commands/certificates.ts';
import { crtLists } from './commands/crt-lists.ts';
import { ocsp } from './commands/ocsp.ts';
import { processCommands } from './commands/process.ts';
import { tickets } from './commands/tickets.ts';
import { validity } from './commands/validity.ts';

const commands: Commands = {
  ...certificates,
  ...validity,
  ...crtLists,
  ...authorities,
  ...ocsp,
  ...acme,
  ...tickets,
  ...processCommands,
  ...sessionCommands,
};

/** HAProxy's commands that are not here, and what to do instead. */
const unsupported = {
  'new ssl ca-file': "a file of authorities has to be named in the configuration: add it there and use 'reload'",
  'new ssl crl-file': "a file of revocation lists has to be named in the configuration: add it there and use 'reload'",
  'del ssl ca-file': "remove it from the configuration and use 'reload'",
  'del ssl crl-file': "remove it from the configuration and use 'reload'",
  'show stat': "counters are served for Prometheus ('metrics'), and those of requests are the router's",
  'set server': 'servers belong to headgate-router',
} as const;

/** Carries out one command. */
export const runCommand = commandRunner({ commands, unsupported });
