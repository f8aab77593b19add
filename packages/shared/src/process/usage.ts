import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { argumentError } from './argument-error.ts';
import type { CommandIo } from './product.ts';

/** Exit code for a usage error. */
export const WRONG_USAGE = 2;

export function asksForHelp(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--help' || arg === '-h');
}

/** Usage and argument errors of a program's commands. A `usage` is what follows the program's name: `import FILE`. */
export class Usage {
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  /** Prints usage and `text` if help was requested; returns whether it was. */
  helped(args: readonly string[], usage: string, text: string, io: CommandIo): boolean {
    if (!asksForHelp(args)) return false;
    io.out(`usage: ${this.#program} ${usage}\n${text}\n`);
    return true;
  }

  /** parseArgs, or undefined after printing what is wrong with the arguments. */
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

  /** Prints what is wrong and the usage. Returns the exit code. */
  wrong(message: string, usage: string, io: CommandIo): number {
    io.err(`${this.#program}: ${message}\nusage: ${this.#program} ${usage}\n`);
    return WRONG_USAGE;
  }
}
