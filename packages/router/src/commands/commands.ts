import type { Command } from '@headgate/shared/process/product';
import { importHaproxy } from './import.ts';

/** The router's commands besides `run` and `check`. */
export const commands = { import: importHaproxy } as const satisfies Record<string, Command>;
