import { lineRunner } from '@headgate/shared/admin/run-line';
import { sessionCommands } from '@headgate/shared/admin/session-commands';
import type { Commands } from './command.ts';
import { deploying } from './commands/deploy.ts';
import { explaining } from './commands/explain.ts';
import { frontends } from './commands/frontends.ts';
import { lists } from './commands/lists.ts';
import { processCommands } from './commands/process.ts';
import { servers } from './commands/servers.ts';
import { sessions } from './commands/sessions.ts';
import { show } from './commands/show.ts';
import { tables } from './commands/tables.ts';
import { tunnels } from './commands/tunnels.ts';
import { UNSUPPORTED } from './unsupported.ts';

/** Every command of the control socket. */
export const COMMANDS: Commands = {
  ...show,
  ...sessions,
  ...servers,
  ...frontends,
  ...deploying,
  ...explaining,
  ...lists,
  ...tables,
  ...tunnels,
  ...processCommands,
  ...sessionCommands,
};

/** Carries out the commands of one line, one after the other. */
export const runLine = lineRunner({ commands: COMMANDS, unsupported: UNSUPPORTED });
