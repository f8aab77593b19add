import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
import { noServer } from '../sample/words.ts';
import type { Context } from './directive.ts';
import type { ProxyDraft } from './draft.ts';
import type { ServerDraft } from './server-draft.ts';
import { readServerAddress } from './server.ts';

/** `dispatch ADDRESS:PORT`: parameters of `default-server` are not for it. The last line counts, as in HAProxy. */
export function readDispatch(cursor: Cursor, draft: ProxyDraft, context: Context): void {
  const address = cursor.need('an address');
  if (address === undefined) return;
  cursor.end();
  const where = readServerAddress(address, context);
  if (where?.relative?.port === true) context.problems.error(address.at, `'${address.text}' has no port`);
  else if (where !== undefined) draft.dispatch = { name: noServer, at: address.at, ...where, parameters: {} };
}

/**
 * Makes `dispatch`, or what `option transparent` stands for, the server of what `balance` does not spread: a proxy that names an algorithm, or takes one over from
 * `defaults`, ignores it. The others of its servers are then for persistence only, as if they had `weight 0`.
 */
export function addDispatch(draft: ProxyDraft, problems: Problems): void {
  const { name, settings, servers } = draft;
  const dispatch = draft.dispatch ?? (settings.flags.get('transparent') === true ? wherever(draft) : undefined);
  if (dispatch === undefined) return;
  if (settings.balance !== undefined) {
    if (draft.dispatch !== undefined)
      problems.warning(dispatch.at, `'dispatch' of '${name}' is ignored: 'balance' chooses among its servers`);
    return;
  }
  const bound = servers.map((server) => ({ ...server, parameters: { ...server.parameters, weight: 0 } }));
  servers.splice(0, servers.length, ...bound, dispatch);
}

/** `option transparent`: the server is where the client connected to. */
function wherever({ at }: ProxyDraft): ServerDraft {
  const address = { kind: 'tcp', host: '0.0.0.0', port: 0 } as const;
  return { name: noServer, at, address, relative: { host: true, port: true }, parameters: {} };
}
