import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { whyUnreadable } from '@headgate/shared/config/unreadable';

/** No certificate, key or configuration is larger. */
export const MAX_FILE_BYTES = 1_048_576;

export type FileContents = { readonly data: Buffer; readonly worldAccessible: boolean } | { readonly error: string };

/** Reads a small regular file whole. A pipe or device, which could block for ever, is refused. */
export async function readSmallFile(path: string): Promise<FileContents> {
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return { error: 'it is not a regular file' };
      if (stat.size > MAX_FILE_BYTES) return { error: `it is larger than ${MAX_FILE_BYTES} bytes` };
      return { data: await handle.readFile(), worldAccessible: (stat.mode & 0o007) !== 0 };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { error: whyUnreadable(error) };
  }
}
