import type { Command } from '@headgate/shared/process/product';
import { explainCommand } from '../explain/command.ts';
import { ctl } from './ctl.ts';
import { importHaproxy } from './import.ts';

/** The router's commands besides `run` and `check`. */
export const commands = { ctl, explain: explainCommand, import: importHaproxy } as const satisfies Record<
  string,
  Command
>;
