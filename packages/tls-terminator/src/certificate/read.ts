import { readRegularFile } from '@headgate/shared/process/regular-file';
import type { FileContents } from '@headgate/shared/process/regular-file';

/** No certificate, key or configuration is larger. */
export const MAX_FILE_BYTES = 1_048_576;

/** Reads a small regular file whole. A pipe or device, which could block for ever, is refused. */
export function readSmallFile(path: string): Promise<FileContents> {
  return Promise.resolve(readRegularFile(path, MAX_FILE_BYTES));
}
