import { addresses } from './actions/addresses.ts';
import { allow } from './actions/allow.ts';
import { auth } from './actions/auth.ts';
import { counting, tracking } from './actions/counters.ts';
import { capture, contentCapture } from './actions/capture.ts';
import { deny, responseDeny, tarpit } from './actions/deny.ts';
import { doResolve } from './actions/do-resolve.ts';
import { addHeader, delHeader, replaceHeader, replaceValue, setHeader } from './actions/headers.ts';
import { redirect } from './actions/redirect.ts';
import { setLogLevel } from './actions/log-level.ts';
import { reject, rejectContents } from './actions/reject.ts';
import {
  replacePath,
  replacePathq,
  replaceUri,
  setMethod,
  setPath,
  setPathq,
  setQuery,
  setUri,
} from './actions/request-line.ts';
import { returnAction } from './actions/return.ts';
import { cacheAction, idleActions, setMark, setTos, waitForHandshake } from './actions/idle.ts';
import { listEditing } from './actions/lists.ts';
import { normalizeUri } from './actions/normalize-uri.ts';
import { priorities, steering } from './actions/steering.ts';
import { setStatus } from './actions/set-status.ts';
import { silentDrop } from './actions/silent-drop.ts';
import { strictMode } from './actions/strict-mode.ts';
import { switchMode } from './actions/switch-mode.ts';
import { setVar, setVarFmt, unsetVar } from './actions/variables.ts';
import { waitForBody } from './actions/wait-for-body.ts';
import { useBackend } from './actions/use-backend.ts';
import { useService } from './actions/use-service.ts';
import { expectProxy } from './actions/expect-proxy.ts';
import { plainAction } from './action.ts';
import type { Action } from './action.ts';

/** Actions that change the head or a variable, available in every phase. */
const changes = {
  capture,
  'add-header': addHeader,
  'set-header': setHeader,
  'del-header': delHeader,
  'replace-header': replaceHeader,
  'replace-value': replaceValue,
  'set-var': setVar,
  'set-var-fmt': setVarFmt,
  'unset-var': unsetVar,
  'strict-mode': strictMode,
} as const satisfies Actions;

type Actions = Readonly<Record<string, Action>>;

/** Every action of `http-request` by its word (HAProxy configuration manual §4.2). */
export const actions: Actions = {
  allow,
  auth,
  deny,
  'do-resolve': doResolve,
  redirect,
  reject,
  return: returnAction,
  'silent-drop': silentDrop,
  tarpit,
  ...addresses,
  ...changes,
  ...counting,
  ...tracking,
  'set-log-level': setLogLevel,
  'set-method': setMethod,
  'set-path': setPath,
  'set-pathq': setPathq,
  'set-query': setQuery,
  'set-uri': setUri,
  'replace-path': replacePath,
  'replace-pathq': replacePathq,
  'replace-uri': replaceUri,
  'use-backend': useBackend,
  'use-service': useService,
  'wait-for-body': waitForBody,
  'cache-use': cacheAction,
  'wait-for-handshake': waitForHandshake,
  'normalize-uri': normalizeUri,
  ...idleActions,
  ...listEditing,
  ...steering,
};

/** Every action of `http-response`. */
export const responseActions: Actions = {
  allow,
  deny: responseDeny,
  redirect,
  return: returnAction,
  'silent-drop': silentDrop,
  ...changes,
  ...counting,
  ...tracking,
  'set-log-level': setLogLevel,
  'set-status': setStatus,
  'wait-for-body': waitForBody,
  'cache-store': cacheAction,
  ...idleActions,
  ...listEditing,
};

/** Every action of `http-after-response`. */
export const afterResponseActions: Actions = { allow, ...changes, 'set-status': setStatus };

const variables = { 'set-var': setVar, 'set-var-fmt': setVarFmt, 'unset-var': unsetVar } as const satisfies Actions;

/** Every action of `tcp-request session`. */
export const sessionActions: Actions = {
  accept: allow,
  reject,
  'silent-drop': silentDrop,
  ...addresses,
  ...variables,
  ...counting,
  ...tracking,
  'set-mark': setMark,
  'set-tos': setTos,
};

/** Every action of `tcp-request connection`. */
export const connectionActions: Actions = { ...sessionActions, 'expect-proxy': expectProxy };

/** Every action of `tcp-request content`. */
export const contentActions: Actions = {
  ...sessionActions,
  capture: contentCapture,
  reject: rejectContents,
  'do-resolve': doResolve,
  'set-log-level': setLogLevel,
  'switch-mode': switchMode,
  ...idleActions,
  ...priorities,
};

/** Every action of `tcp-response content`. */
export const responseContentActions: Actions = {
  accept: allow,
  close: plainAction({ kind: 'close' }),
  reject: rejectContents,
  'silent-drop': silentDrop,
  ...variables,
  ...counting,
  'set-log-level': setLogLevel,
  ...idleActions,
};

/** Actions of HAProxy's `http-request` and `tcp-request` rules that are not supported. */
export const unsupportedActions: ReadonlySet<string> = new Set(
  `accept add-headers-bin attach-srv del-headers-bin expect-netscaler-cip expect-proxy lua ot-group pause
  send-spoe-group set-bandwidth-limit set-bc-mark set-bc-tos set-fc-mark set-fc-tos set-retries track-sc use-service`.split(
    /\s+/,
  ),
);
