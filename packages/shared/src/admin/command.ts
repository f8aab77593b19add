import type { Level } from './level.ts';
import type { Session } from './conversation.ts';

/** One command of a control socket. `Desk` is what the program's commands act on. */
export interface Command<Desk> {
  /** What follows its words, as `help` prints it: `<bk>/<srv>`. */
  readonly usage: string;
  readonly text: string;
  readonly level: Level;
  /** It is known only in a session that has said `experimental-mode on`. */
  readonly experimental?: true;
  /** With workers: the answer is made of what these have counted, so they are asked first. */
  readonly counted?: true;
  /** With workers: it has changed the configuration in effect when it answers this, and each worker carries it out too. */
  readonly changed?: RegExp;
  /** With workers it is refused, for this reason. */
  readonly alone?: string;
  /** Returns the answer: lines, each with its end; empty for "done". `payload`: the lines after a line that ends with `<<`. */
  run(args: readonly string[], desk: Desk, session: Session, payload?: string): string | Promise<string>;
}

/** By the words a command begins with: `show info`. */
export type Commands<Desk> = Readonly<Record<string, Command<Desk>>>;
