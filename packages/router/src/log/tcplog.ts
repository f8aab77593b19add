import { localDate } from '../sample/date.ts';
import { counters, frontendText } from './httplog.ts';
import type { AccessRecord } from '../model/record.ts';
import { endpointText } from '../sample/words.ts';

/** `option tcplog`: the total time is that of the request, and only the first two letters of the termination state are used. */
export function tcplog(r: AccessRecord): string {
  const plus = r.early ? '+' : '';
  return (
    `${endpointText(r.connection.client)} [${localDate(r.acceptedAt)}] ${frontendText(r)} ${r.backendName}/${r.serverName} ` +
    `${r.queueTime}/${r.connectTime}/${plus}${r.activeTime} ${plus}${r.bytesToClient} ${r.termination.slice(0, 2)} ${counters(r)}`
  );
}
