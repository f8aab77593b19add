import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { argumentError } from '@headgate/shared/process/argument-error';
import type { CommandIo } from '@headgate/shared/process/product';

/** 2: the command line is wrong. */
export const WRONG_USAGE = 2;

/** Whether help is asked for; it is then printed: how the command is called, and `text`. */
export function helped(args: readonly string[], usage: string, text: string, io: CommandIo): boolean {
  if (!args.some((arg) => arg === '--help' || arg === '-h')) return false;
  io.out(`usage: tls-terminator ${usage}\n${text}\n`);
  return true;
}

/** parseArgs, or undefined after saying what is wrong with the arguments. */
export function readArguments<T extends ParseArgsConfig>(config: T, usage: string, io: CommandIo): ReturnType<typeof parseArgs<T>> | undefined {
  try {
    return parseArgs(config);
  } catch (error) {
    wrongUsage(argumentError(error), usage, io);
    return undefined;
  }
}

export function wrongUsage(message: string, usage: string, io: CommandIo): number {
  io.err(`tls-terminator: ${message}\nusage: tls-terminator ${usage}\n`);
  return WRONG_USAGE;
}
