import { commandRunner } from '@headgate/shared/admin/run-command';
import { sessionCommands } from '@headgate/shared/admin/session-commands';
import type { Command, Commands } from './command.ts';
import { deploying } from './commands/deploy.ts';
import { errors } from './commands/errors.ts';
import { explaining } from './commands/explain.ts';
import { frontends } from './commands/frontends.ts';
import { lists } from './commands/lists.ts';
import { processCommands } from './commands/process.ts';
import { servers } from './commands/servers.ts';
import { sessions } from './commands/sessions.ts';
import { show } from './commands/show.ts';
import { tables } from './commands/tables.ts';
import { tunnels } from './commands/tunnels.ts';
import { variables } from './commands/variables.ts';
import type { Desk } from './desk.ts';
import { UNSUPPORTED } from './unsupported.ts';

/** Every command of the control socket. */
export const COMMANDS: Commands = {
  ...show,
  ...variables,
  ...errors,
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

/** Carries out one command. */
export const runCommand = commandRunner({ commands: COMMANDS, unsupported: UNSUPPORTED, around: withWorkers });

/** With workers the primary has a command: it asks them first, passes it on, or refuses it. */
async function withWorkers(
  { counted, changed, alone }: Command,
  words: readonly string[],
  { sharing }: Desk,
  run: () => string | Promise<string>,
): Promise<string> {
  if (sharing === undefined) return run();
  if (alone !== undefined) return `This does not work with workers: ${alone}.\n`;
  if (counted === true) await sharing.refresh();
  const answer = await run();
  if (changed?.test(answer) === true && !(await sharing.repeat(words)))
    return `${answer}Too many changes for workers that start later: reload the configuration with them in it.\n`;
  return answer;
}
