import type { CheckType } from './check-type.ts';

/** `check` alone: a server that takes the connection is well. */
export const tcp: CheckType = {
  request: () => '',
  judge: () => ({ passed: true, status: 'L4OK', code: undefined, info: '' }),
};
