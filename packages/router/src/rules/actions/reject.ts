import { plainAction } from '../action.ts';
import type { Action } from '../action.ts';

/** Closes the connection without a byte. */
export const reject: Action = plainAction({ kind: 'reject' });

/** `tcp-request content reject`, `tcp-response content reject`. */
export const rejectContents: Action = plainAction({ kind: 'reject', by: 'contents' });
