import { parseCommandLine } from '@headgate/shared/process/command-line';
import { isBackground } from '@headgate/shared/process/daemon';
import { runProduct } from '@headgate/shared/process/main';
import { headgate } from './app.ts';
import { commands } from './commands/commands.ts';

/** The process above the halves. */
export async function runBoth(argv: readonly string[]): Promise<void> {
  const background = isBackground();
  const invocation = parseCommandLine(argv, Object.keys(commands));
  const run = invocation.kind === 'run' ? invocation : undefined;
  const log = { quiet: run?.quiet ?? false, format: run?.logFormat ?? 'text', background } as const;
  await runProduct(headgate(log), argv);
}
