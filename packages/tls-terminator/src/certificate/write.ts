import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { whyUnwritable } from '@headgate/shared/process/unwritable';

/** Writes a temporary file and renames it: readers see the old text or the new one, and a key is never readable in between. */
export async function writeFileAtomically(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Error(`${file} cannot be written: ${whyUnwritable(error)}`, { cause: error });
  }
}
