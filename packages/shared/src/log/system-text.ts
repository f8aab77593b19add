import { getSystemErrorMessage } from 'node:util';

/** What the system says of an error: `no space left on device`; undefined for one that is not the system's. */
export function systemText(error: unknown): string | undefined {
  const { errno }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  return errno === undefined ? undefined : getSystemErrorMessage(errno);
}
