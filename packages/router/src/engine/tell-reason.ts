import type { ServerState } from '../model/backend.ts';
import type { FrontendContext } from '../exchange/context.ts';

/** Says for the process log why an attempt failed, where the access log's two letters do not. */
export function tellReason(context: FrontendContext, { key }: ServerState, connecting: boolean, reason: string): void {
  if (connecting) context.unreachable(key, reason);
  else context.report('warning', `Server ${key} sent an answer that was refused: ${reason}`);
}
