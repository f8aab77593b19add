import type { Level } from './level.ts';
import type { Session } from './conversation.ts';

/** One command of a control socket. `Desk` is what the program's commands act on. */
export interface Command<Desk> {
  /** What follows its words, as `help` prints it: `<bk>/<srv>`. */
  readonly usage: string;
  readonly text: string;
  readonly level: Level;
  /** Returns the answer: lines, each with its end; empty for "done". `payload`: the lines after a line that ends with `<<`. */
  run(args: readonly string[], desk: Desk, session: Session, payload?: string): string | Promise<string>;
}

/** By the words a command begins with: `show info`. */
export type Commands<Desk> = Readonly<Record<string, Command<Desk>>>;
