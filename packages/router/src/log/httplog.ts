import { localDate } from '../sample/date.ts';
import type { AccessRecord } from '../model/record.ts';
import { authorityError, certificateError } from '../sample/certificate-errors.ts';
import { bracedCaptures } from '../sample/captured.ts';
import { endpointText, requestText } from '../sample/words.ts';

/** `option httplog`, character for character as in HAProxy 2.6. */
export function httplog(r: AccessRecord): string {
  const timers = `${r.requestTime}/${r.queueTime}/${r.connectTime}/${r.responseTime}/${asap(r)}${r.activeTime}`;
  return (
    `${endpointText(r.connection.client)} [${localDate(r.acceptedAt)}] ${frontendText(r)} ${r.backendName}/${r.serverName} ` +
    `${timers} ${r.status} ${asap(r)}${r.bytesToClient} ${cookies(r.captures)} ${r.termination} ${counters(r)} ${headers(r.captures)}"${requestText(r.requestLine)}"`
  );
}

/**
 * `option httpslog`: httplog and the TLS connection, in HAProxy's sixteen digits for the error of a handshake: one that failed is
 * the terminator's, and none of it reaches a request.
 */
export function httpslog(r: AccessRecord): string {
  const { tls } = r.connection;
  const facts =
    tls === undefined
      ? '0/-/-/-/0 -/-/-'
      : `0/0000000000000000/${certificateError(tls)}/${authorityError(tls)}/${tls.resumed === true ? 1 : 0} ${[tls.sni, tls.version, tls.cipher].map((fact) => fact || '-').join('/')}`;
  return `${httplog(r)} ${facts}`;
}

/** `%ft`: a connection whose TLS ended at the bind has a `~`. */
export function frontendText({ frontendName, connection }: AccessRecord): string {
  return connection.terminated === true ? `${frontendName}~` : frontendName;
}

/** `%CC %CS`. */
function cookies(captures: AccessRecord['captures']): string {
  return captures === undefined ? '- -' : `${captures.requestCookie ?? '-'} ${captures.responseCookie ?? '-'}`;
}

/** `%hr %hs ` where there are slots. */
function headers(captures: AccessRecord['captures']): string {
  if (captures === undefined) return '';
  const { request, response } = captures;
  return [request, response].map((values) => (values.length === 0 ? '' : `${bracedCaptures(values, PLAIN)} `)).join('');
}

/** `option logasap`: the figure is not final. */
function asap({ early }: AccessRecord): string {
  return early === true ? '+' : '';
}

const PLAIN = { quote: false };

/** `actconn/feconn/beconn/srvconn/retries srvqueue/backendqueue`; a `+` before the retries marks a redispatch. */
export function counters(r: AccessRecord): string {
  return `${r.actconn}/${r.feconn}/${r.beconn}/${r.srvconn}/${r.redispatched ? '+' : ''}${r.retries} ${r.serverQueue}/${r.backendQueue}`;
}
