/** The subcommands besides `run` and `check`. Adding one is a file, a line here and one in summaries.ts. */
import { later } from '@headgate/shared/process/later';
import type { Command } from '@headgate/shared/process/product';
import { SUMMARIES } from './summaries.ts';

export const commands = {
  cert: later(SUMMARIES.cert, async () => (await import('./cert.ts')).cert),
  doctor: later(SUMMARIES.doctor, async () => (await import('./doctor.ts')).doctor),
  inspect: later(SUMMARIES.inspect, async () => (await import('./inspect.ts')).inspect),
  ctl: later(SUMMARIES.ctl, async () => (await import('./ctl.ts')).ctl),
  import: later(SUMMARIES.import, async () => (await import('./import.ts')).importStunnel),
} satisfies Record<string, Command>;
