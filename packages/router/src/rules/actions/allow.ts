import { plainAction } from '../action.ts';
import type { Action } from '../action.ts';

/** Ends the `http-request` rules of this proxy; redirects and backends follow. */
export const allow: Action = plainAction({ kind: 'allow' });
