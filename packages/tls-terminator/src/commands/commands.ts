/** The subcommands besides `run` and `check`. Adding one is a file and a line here. */
import type { Command } from '@headgate/shared/process/product';
import { cert } from './cert.ts';
import { importStunnel } from './import.ts';

export const commands = {
  cert,
  import: importStunnel,
} satisfies Record<string, Command>;
