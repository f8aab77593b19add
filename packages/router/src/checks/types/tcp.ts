import type { CheckType } from './check-type.ts';

/** `check` alone: a server that accepts the connection is up. */
export const tcp: CheckType = {
  request: () => '',
  judge: () => ({ passed: true, status: 'L4OK', code: undefined, info: '' }),
};
