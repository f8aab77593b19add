import type { Backend } from '../model/snapshot.ts';
import type { CheckType } from './types/check-type.ts';
import { http } from './types/http.ts';
import { tcp } from './types/tcp.ts';

/** Every kind of check. */
export const checkTypes = { tcp, http } as const satisfies Record<string, CheckType>;

export function checkTypeOf(backend: Backend): CheckType {
  return backend.httpCheck === undefined ? checkTypes.tcp : checkTypes.http;
}
