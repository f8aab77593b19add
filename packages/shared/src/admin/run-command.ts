import type { Command, Commands } from './command.ts';
import type { Session } from './conversation.ts';
import { allows } from './level.ts';

/** Always part of a list. */
const ALWAYS = ['help', 'prompt', 'quit'];
/** The most words a command begins with. */
const MOST_WORDS = 3;
/** Width of the column of usages, as in HAProxy. */
const WIDTH = 40;

export interface RunCommandParts<Desk> {
  readonly commands: Commands<Desk>;
  /** Commands of HAProxy's that are not here, and why: the end of a sentence. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** Has a command, to carry it out with `run`. Absent: every command is just carried out. */
  readonly around?: (
    command: Command<Desk>,
    words: readonly string[],
    desk: Desk,
    run: () => string | Promise<string>,
  ) => Promise<string>;
}

/** Carries out one command; no words: an empty line. */
export type RunCommand<Desk> = (
  words: readonly string[],
  desk: Desk,
  session: Session,
  payload?: string,
) => Promise<string>;

/** What carries out these commands, `help` among them. */
export function commandRunner<Desk>({ commands, unsupported, around }: RunCommandParts<Desk>): RunCommand<Desk> {
  const help: Command<Desk> = {
    usage: '[<command>]',
    text: 'list matching or all commands',
    level: 'user',
    run: (words, _desk, session) =>
      `The following commands are valid at this level:\n${listed(matching(words), session)}`,
  };
  const all: Commands<Desk> = { ...commands, help };

  return async (words, desk, session, payload) => {
    for (let count = Math.min(MOST_WORDS, words.length); count > 0; count -= 1) {
      const name = words.slice(0, count).join(' ');
      if (Object.hasOwn(unsupported, name)) return `'${name}' is not supported: ${unsupported[name]}.\n`;
      const command = Object.hasOwn(all, name) ? all[name] : undefined;
      if (command === undefined) continue;
      if (command.experimental === true && !session.experimental)
        return 'This command is restricted to experimental mode only.\n';
      if (!allows(session.level, command.level)) return 'Permission denied\n';
      const run = (): string | Promise<string> => command.run(words.slice(count), desk, session, payload);
      return around === undefined ? run() : around(command, words, desk, run);
    }
    return unknown(words, session);
  };

  function unknown(words: readonly string[], session: Session): string {
    const near = words.length === 0 ? [] : matching(words);
    return near.length === 0
      ? `Unknown command. Please enter one of the following commands only:\n${listed(Object.keys(all), session)}`
      : `Unknown command, but maybe one of the following ones is a better match:\n${listed(near, session)}`;
  }

  /** The commands that begin as these words do: with as many of them as any command does. */
  function matching(words: readonly string[]): readonly string[] {
    let found: readonly string[] = Object.keys(all);
    for (const [at, word] of words.entries()) {
      const narrower = found.filter((name) => name.split(' ')[at]?.startsWith(word) === true);
      if (narrower.length === 0) return at === 0 ? [] : found;
      found = narrower;
    }
    return found;
  }

  function listed(names: readonly string[], { level, experimental }: Session): string {
    const order = [...names.filter((name) => !ALWAYS.includes(name)).toSorted(), ...ALWAYS];
    return order
      .flatMap((name) => {
        const command = all[name];
        if (command === undefined || !allows(level, command.level)) return [];
        if (command.experimental === true && !experimental) return [];
        return [`  ${`${name} ${command.usage}`.trimEnd().padEnd(WIDTH)}: ${command.text}\n`];
      })
      .join('');
  }
}
