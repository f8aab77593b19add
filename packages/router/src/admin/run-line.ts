import type { Session } from '@headgate/shared/admin/conversation';
import { allows } from '@headgate/shared/admin/level';
import { commandsIn } from '@headgate/shared/admin/words';
import type { Command, Commands } from './command.ts';
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
import type { Desk } from './desk.ts';
import { UNSUPPORTED } from './unsupported.ts';

const help: Command = {
  usage: '[<command>]',
  text: 'list matching or all commands',
  level: 'user',
  run: (words, _desk, { level }) =>
    `The following commands are valid at this level:\n${listed(matching(words), level)}`,
};

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
  help,
};

/** Always part of a list. */
const ALWAYS = ['help', 'prompt', 'quit'];
/** The most words a command begins with. */
const MOST_WORDS = 3;
/** Width of the column of usages, as in HAProxy. */
const WIDTH = 40;

/** Carries out the commands of one line, one after the other. */
export async function runLine(line: string, desk: Desk, session: Session, payload?: string): Promise<string> {
  const answers: string[] = [];
  const commands = commandsIn(line);
  if (commands.length === 0) answers.push(unknown([], session));
  for (const [nth, words] of commands.entries())
    answers.push(await runCommand(words, desk, session, nth === commands.length - 1 ? payload : undefined));
  return answers.join('\n');
}

async function runCommand(
  words: readonly string[],
  desk: Desk,
  session: Session,
  payload: string | undefined,
): Promise<string> {
  for (let count = Math.min(MOST_WORDS, words.length); count > 0; count -= 1) {
    const name = words.slice(0, count).join(' ');
    if (Object.hasOwn(UNSUPPORTED, name)) return `'${name}' is not supported: ${UNSUPPORTED[name]}.\n`;
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) continue;
    if (!allows(session.level, command.level)) return 'Permission denied\n';
    return command.run(words.slice(count), desk, session, payload);
  }
  return unknown(words, session);
}

function unknown(words: readonly string[], { level }: Session): string {
  const near = words.length === 0 ? [] : matching(words);
  return near.length === 0
    ? `Unknown command. Please enter one of the following commands only:\n${listed(Object.keys(COMMANDS), level)}`
    : `Unknown command, but maybe one of the following ones is a better match:\n${listed(near, level)}`;
}

/** The commands that begin as these words do: with as many of them as any command does. */
function matching(words: readonly string[]): readonly string[] {
  let found: readonly string[] = Object.keys(COMMANDS);
  for (const [at, word] of words.entries()) {
    const narrower = found.filter((name) => name.split(' ')[at]?.startsWith(word) === true);
    if (narrower.length === 0) return at === 0 ? [] : found;
    found = narrower;
  }
  return found;
}

function listed(names: readonly string[], level: Session['level']): string {
  const order = [...names.filter((name) => !ALWAYS.includes(name)).toSorted(), ...ALWAYS];
  return order
    .flatMap((name) => {
      const command = COMMANDS[name];
      if (command === undefined || !allows(level, command.level)) return [];
      return [`  ${`${name} ${command.usage}`.trimEnd().padEnd(WIDTH)}: ${command.text}\n`];
    })
    .join('');
}
