import type { Command } from './product.ts';

/** A command whose code is loaded when it is run: what a server needs no part of must not cost its start time and memory. */
export function later(summary: string, load: () => Promise<Command>): Command {
  return {
    summary,
    async run(args, io) {
      const command = await load();
      return command.run(args, io);
    },
  };
}
