import { greenwichDate, milliseconds } from '../sample/date.ts';
import type { AccessRecord } from '../model/record.ts';
import { listedCaptures } from '../sample/captured.ts';
import { requestText } from '../sample/words.ts';
import { frontendText } from './httplog.ts';

/** `option httplog clf`: the Common Log Format followed by HAProxy's fields, including the trailing blank. */
export function clf(r: AccessRecord): string {
  const { address, port } = r.connection.client;
  return (
    `${address === '' ? 'unix' : address} - - [${greenwichDate(r.acceptedAt)}] "${requestText(r.requestLine)}" ${r.status} ${r.bytesToClient} ` +
    `"" "" ${port} ${milliseconds(r.acceptedAt)} "${frontendText(r)}" "${r.backendName}" "${r.serverName}" ` +
    `${r.requestTime} ${r.queueTime} ${r.connectTime} ${r.responseTime} ${r.activeTime} ${r.termination} ` +
    `${r.actconn} ${r.feconn} ${r.beconn} ${r.srvconn} ${r.redispatched ? '+' : ''}${r.retries} ${r.serverQueue} ${r.backendQueue} ${captured(r.captures)} `
  );
}

/** The cookies, and each captured header in quotes. */
function captured(captures: AccessRecord['captures']): string {
  if (captures === undefined) return '"" ""';
  const { request, response, requestCookie = '', responseCookie = '' } = captures;
  const lists = [request, response].filter((values) => values.length > 0);
  return [`"${requestCookie}"`, `"${responseCookie}"`, ...lists.map((values) => listedCaptures(values, QUOTED))].join(
    ' ',
  );
}

const QUOTED = { quote: true };
