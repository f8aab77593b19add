/** The commands besides `run` and `check`: those of both halves, some of them for both at once. */
import { router } from '@headgate/router/half';
import { later } from '@headgate/shared/process/later';
import type { Command } from '@headgate/shared/process/product';
import { terminator } from '@headgate/tls-terminator/half';
import { SUMMARIES } from './summaries.ts';

const explain = later(
  router.commands['explain']?.summary ?? '',
  async () => (await import('./explain.ts')).explainBoth,
);

export const commands: Readonly<Record<string, Command>> = {
  ...renamed(terminator.commands, 'headgate-terminator'),
  ...renamed({ ...router.commands, explain }, 'headgate-router'),
  doctor: later(SUMMARIES.doctor, async () => (await import('./doctor.ts')).doctorOfBoth),
  inspect: later(terminator.commands['inspect']?.summary ?? '', async () => (await import('./inspect.ts')).inspectBoth),
  import: later(SUMMARIES.import, async () => (await import('./import.ts')).importBoth),
};

/** The same commands; what they print of themselves has the name of the program that was called. */
function renamed(all: Readonly<Record<string, Command>>, program: string): Readonly<Record<string, Command>> {
  const name = new RegExp(`(^|usage: |')${program}(?= |:)`, 'gm');
  const text = (written: string): string => written.replaceAll(name, '$1headgate');
  return Object.fromEntries(
    Object.entries(all).map(([word, command]) => [
      word,
      {
        summary: command.summary,
        run: (args, io) => command.run(args, { out: (out) => io.out(text(out)), err: (err) => io.err(text(err)) }),
      },
    ]),
  );
}
