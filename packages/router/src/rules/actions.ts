import { allow } from './actions/allow.ts';
import { deny } from './actions/deny.ts';
import { redirect } from './actions/redirect.ts';
import { reject } from './actions/reject.ts';
import { returnAction } from './actions/return.ts';
import type { Action } from './action.ts';

/** Every action of `http-request` by its word (HAProxy configuration manual §4.2). */
export const actions = { allow, deny, redirect, reject, return: returnAction } as const satisfies Record<
  string,
  Action
>;

/** The other actions of HAProxy's `http-request` and `tcp-request` rules, which we do not have. */
export const unsupportedActions: ReadonlySet<string> = new Set(
  `accept expect-netscaler-cip expect-proxy ot-group set-fc-mark set-fc-tos set-bc-mark set-bc-tos set-retries switch-mode track-sc attach-srv
  add-acl add-header auth cache-use capture del-acl del-header del-map disable-l7-retry do-resolve early-hint lua normalize-uri
  replace-header replace-path replace-pathq replace-uri replace-value sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt
  sc-set-gpt0 send-spoe-group set-bandwidth-limit set-dst set-dst-port set-header set-log-level set-map del-headers-bin add-headers-bin sc-add-gpc pause set-mark set-method set-nice
  set-path set-pathq set-priority-class set-priority-offset set-query set-src set-src-port set-timeout set-tos set-uri set-var
  set-var-fmt silent-drop strict-mode tarpit track-sc0 track-sc1 track-sc2 unset-var use-service wait-for-body wait-for-handshake`.split(
    /\s+/,
  ),
);
