import { localDate } from '../sample/date.ts';
import type { AccessRecord } from '../model/record.ts';
import { endpointText, requestText } from '../sample/words.ts';

/** `option httplog`, character for character as in HAProxy 2.6. Cookie captures are always `-`. */
export function httplog(r: AccessRecord): string {
  const timers = `${r.requestTime}/${r.queueTime}/${r.connectTime}/${r.responseTime}/${r.activeTime}`;
  return (
    `${endpointText(r.connection.client)} [${localDate(r.acceptedAt)}] ${r.frontendName} ${r.backendName}/${r.serverName} ` +
    `${timers} ${r.status} ${r.bytesToClient} - - ${r.termination} ${counters(r)} "${requestText(r.requestLine)}"`
  );
}

/** `actconn/feconn/beconn/srvconn/retries srvqueue/backendqueue`; a `+` before the retries marks a redispatch. */
export function counters(r: AccessRecord): string {
  return `${r.actconn}/${r.feconn}/${r.beconn}/${r.srvconn}/${r.redispatched ? '+' : ''}${r.retries} ${r.serverQueue}/${r.backendQueue}`;
}
