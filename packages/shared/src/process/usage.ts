import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { argumentError } from './argument-error.ts';
import type { CommandIo } from './product.ts';

/** Exit code when the command line is wrong. */
export const WRONG_USAGE = 2;

export function asksForHelp(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--help' || arg === '-h');
}

/** How the commands of a program speak of their arguments. A `usage` is what follows the program's name: `import FILE`. */
export class Usage {
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  /** Whether help is asked for; it is then printed: how the command is called, and `text`. */
  helped(args: readonly string[], usage: string, text: string, io: CommandIo): boolean {
    if (!asksForHelp(args)) return false;
    io.out(`usage: ${this.#program} ${usage}\n${text}\n`);
    return true;
  }

  /** parseArgs, or undefined after saying what is wrong with the arguments. */
  parse<T extends ParseArgsConfig>(
    config: T,
    usage: string,
    io: CommandIo,
  ): ReturnType<typeof parseArgs<T>> | undefined {
    try {
      return parseArgs(config);
    } catch (error) {
      this.wrong(argumentError(error), usage, io);
      return undefined;
    }
  }

  /** Says what is wrong and how the command is called. Returns the exit code. */
  wrong(message: string, usage: string, io: CommandIo): number {
    io.err(`${this.#program}: ${message}\nusage: ${this.#program} ${usage}\n`);
    return WRONG_USAGE;
  }
}
