import { readRegularFile } from '@headgate/shared/process/regular-file';
import type { FileContents } from '@headgate/shared/process/regular-file';

/** The largest certificate, key or configuration file that is read, in bytes. */
export const MAX_FILE_BYTES = 1_048_576;

/** How files of certificates are read: from the disk, unless an operator has put a text in the place of one. */
export type ReadFile = (path: string) => Promise<FileContents>;

/** Reads a small regular file completely. A pipe or device, which could block indefinitely, is refused. */
export function readSmallFile(path: string): Promise<FileContents> {
  return Promise.resolve(readRegularFile(path, MAX_FILE_BYTES));
}
