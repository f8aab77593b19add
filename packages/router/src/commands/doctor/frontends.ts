import type { Question } from '@headgate/shared/doctor/command';
import type { Findings } from '@headgate/shared/doctor/finding';
import { ask, speaks, type Introduction, type Reply } from '@headgate/shared/doctor/http';
import type { Place } from '@headgate/shared/doctor/talk';
import { addressText } from '@headgate/shared/net/endpoint';
import { tunnelTimeouts } from '../../engine/deadlines.ts';
import { METRICS_PROXY } from '../../model/service.ts';
import type { Backend, Bind, Frontend, Snapshot } from '../../model/snapshot.ts';
import { examineWebSocket } from './web-socket.ts';

/** A WebSocket that is silent for less than this is not idle: browsers and servers ping every 20 to 60 seconds. */
const PATIENCE = 60_000;
/** Ports below this one need a privilege. */
const PRIVILEGED = 1024;

/** Every frontend: what listens on its addresses, whether PROXY headers are demanded, how long WebSockets may be silent. */
export async function examineFrontends(snapshot: Snapshot, question: Question, findings: Findings): Promise<void> {
  for (const frontend of snapshot.frontends) {
    if (frontend.name === METRICS_PROXY) continue;
    const backends = backendsOf(snapshot, frontend);
    // WebSockets are for servers: the statistics page, for one, has none.
    const served = backends.some(({ servers }) => servers.length > 0);
    const asked = served ? question : { ...question, webSocket: undefined };
    for (const bind of frontend.binds) await examineBind(frontend, bind, asked, findings);
    for (const backend of backends) if (backend.servers.length > 0) examineTimeouts(frontend, backend, findings);
  }
}

async function examineBind(frontend: Frontend, bind: Bind, question: Question, findings: Findings): Promise<void> {
  const { address, at, acceptProxy } = bind;
  if (address.kind === 'unix' || address.port === 0) return;
  const subject = `frontend ${frontend.name}, ${addressText(address.host || '*', address.port)}`;
  const host = isAny(address.host) ? '127.0.0.1' : address.host;
  const local = /^(?:127\.|::1$|localhost$)/.test(address.host);
  if (acceptProxy && !local)
    findings.add(
      'warning',
      subject,
      'believes PROXY headers from everywhere: anybody may claim any address',
      "bind it to 127.0.0.1, or use 'tcp-request connection expect-proxy layer4 if { src … }'",
      at,
    );
  const place = { host, port: address.port };
  const name = question.host ?? 'localhost';
  const introduction: Introduction = acceptProxy ? 2 : 0;
  const reply = await ask(place, name, introduction);
  if (reply.kind === 'refused') {
    const privileged = address.port < PRIVILEGED && process.getuid?.() !== 0;
    const more = privileged ? ' (ports below 1024: CAP_NET_BIND_SERVICE, or root)' : '';
    findings.add(
      'notice',
      subject,
      `nothing listens: ${reply.why}`,
      `start the router, if it is to run here${more}`,
      at,
    );
    return;
  }
  const spoken = await examineIntroduction(frontend, bind, reply, { subject, place, local, name }, findings);
  if (question.webSocket === undefined || frontend.engine === 'tcp' || spoken === undefined) return;
  await examineWebSocket(
    { subject, at, place, name, path: question.webSocket, introduction: spoken },
    {
      does: 'passes the',
      advice: `headgate-router explain ws://${name}${question.webSocket} shows which rule answers it`,
    },
    findings,
  );
}

/**
 * Whether what runs there demands PROXY headers as the file says: it may be an older configuration, or another program. Resolves with
 * the version of the header that is to be sent from here.
 */
async function examineIntroduction(
  { forwardFor, engine, connectionRules }: Frontend,
  { acceptProxy, at }: Bind,
  reply: Reply,
  {
    subject,
    place,
    local,
    name,
  }: { subject: string; place: Extract<Place, { port: number }>; local: boolean; name: string },
  findings: Findings,
): Promise<Introduction | undefined> {
  const answersOther = speaks(await ask(place, name, acceptProxy ? 0 : 2));
  const mayDemand = connectionRules.some(({ demandsProxy }) => demandsProxy);
  const demands = !acceptProxy && !speaks(reply) && answersOther;
  if (acceptProxy && answersOther)
    findings.add(
      'error',
      subject,
      'what listens there answers without a PROXY header, and the configuration demands one',
      'reload the router, or look which program has the port: ss -ltnp',
      at,
    );
  else if (demands && !mayDemand)
    findings.add(
      'error',
      subject,
      'what listens there demands a PROXY header, and the configuration does not',
      "add 'accept-proxy' to the bind, or reload the router",
      at,
    );
  else if (engine !== 'tcp' && !demands && reply.kind !== 'http') {
    findings.add(
      'warning',
      subject,
      STRANGE[reply.kind],
      `look which program has the port (ss -ltnp 'sport = :${place.port}'), and at the rules of the frontend`,
      at,
    );
    return undefined;
  } else
    findings.ok(
      subject,
      acceptProxy || demands ? 'demands a PROXY header: the addresses of clients are kept' : answer(reply),
      at,
    );
  if (!acceptProxy && !mayDemand && local && forwardFor !== undefined && engine !== 'tcp')
    findings.add(
      'notice',
      subject,
      'listens for this machine only, and knows its clients by their connections',
      "where a TLS terminator is in front, add 'accept-proxy' here and 'protocol = proxy' there: otherwise X-Forwarded-For is 127.0.0.1",
      at,
    );
  return acceptProxy || demands ? 2 : 0;
}

/** What listens on the address of a frontend and does not answer in HTTP. */
const STRANGE: Readonly<Record<Exclude<Reply['kind'], 'http'>, string>> = {
  refused: 'nothing listens',
  tls: 'what listens there speaks TLS',
  other: 'what listens there does not speak HTTP',
  closed: 'what listens there closes the connection without an answer',
  silent: 'what listens there accepts connections and does not answer',
};

function answer({ kind, status }: Reply): string {
  return kind === 'http' ? `answers: status ${status}` : 'answers';
}

/** Where requests of a frontend may go. */
function backendsOf({ backends }: Snapshot, { name, defaultBackend, useBackends }: Frontend): readonly Backend[] {
  const names = new Set([...useBackends.map(({ backend }) => backend), defaultBackend ?? name]);
  return [...names].flatMap((one) => backends.get(one) ?? []);
}

/** The shortest time after which a silent tunnel of this frontend is cut. */
function examineTimeouts({ name, timeouts, at }: Frontend, backend: Backend, findings: Findings): void {
  const { silent } = tunnelTimeouts(timeouts, backend.timeouts);
  const subject = `frontend ${name} to backend ${backend.name}`;
  if (silent >= PATIENCE) findings.ok(subject, `WebSockets may be silent for ${silent / 1000} s`, at);
  else if (silent === 0)
    findings.add(
      'notice',
      subject,
      'WebSockets may be silent for as long as they want',
      'set timeout tunnel: clients that vanish hold their connections',
      at,
    );
  else
    findings.add(
      'warning',
      subject,
      `WebSockets that are silent for ${silent / 1000} s are cut`,
      'set timeout tunnel 1h in defaults, or let the application ping more often',
      at,
    );
}

function isAny(host: string): boolean {
  return host === '' || host === '*' || host === '0.0.0.0' || host === '::';
}
