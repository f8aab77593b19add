import type { Level } from '@headgate/shared/admin/level';
import type { Session } from '@headgate/shared/admin/conversation';
import type { Desk } from './desk.ts';

/** One command of the control socket. A command is an entry in the table of its family (admin/commands/). */
export interface Command {
  /** What follows its words, as `help` prints it: `<bk>/<srv>`. */
  readonly usage: string;
  readonly text: string;
  readonly level: Level;
  /** Returns the answer: lines, each with its end; empty for "done". `payload`: the lines after a line that ends with `<<`. */
  run(args: readonly string[], desk: Desk, session: Session, payload?: string): string | Promise<string>;
}

/** By the words a command begins with: `show info`. */
export type Commands = Readonly<Record<string, Command>>;
