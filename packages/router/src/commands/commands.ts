import type { Command } from '@headgate/shared/process/product';

/** The router's commands besides `run` and `check`. */
export const commands = {} satisfies Record<string, Command>;
