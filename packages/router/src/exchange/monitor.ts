import { pathAndQuery } from '../sample/target.ts';

/** True for the target that `monitor-uri` names: exactly as received, or the path of an absolute one, as in HAProxy. */
export function isMonitor(request: { readonly target: string }, monitorUri: string | undefined): boolean {
  if (monitorUri === undefined) return false;
  const { target } = request;
  return target === monitorUri || pathAndQuery(target) === monitorUri;
}
