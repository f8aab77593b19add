import { pathAndQuery } from '../sample/target.ts';

/** True for the target that `monitor-uri` names: exactly as received, or the path of an absolute one, as in HAProxy. */
export function isMonitor(target: string, monitorUri: string | undefined): boolean {
  return monitorUri !== undefined && (target === monitorUri || pathAndQuery(target) === monitorUri);
}
