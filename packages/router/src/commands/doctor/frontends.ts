import type { Question } from '@headgate/shared/doctor/command';
import type { Findings } from '@headgate/shared/doctor/finding';
import { ask, speaks, type Introduction } from '@headgate/shared/doctor/http';
import type { Place } from '@headgate/shared/doctor/talk';
import { addressText } from '@headgate/shared/net/endpoint';
import { tunnelTimeouts } from '../../engine/deadlines.ts';
import { METRICS_PROXY } from '../../model/service.ts';
import type { Bind, Frontend, Snapshot } from '../../model/snapshot.ts';
import { examineWebSocket } from './web-socket.ts';

/** A WebSocket that is silent for less than this is not idle: browsers and servers ping every 20 to 60 seconds. */
const PATIENCE = 60_000;
/** Ports below this one need a privilege. */
const PRIVILEGED = 1024;

/** Every frontend: what listens on its addresses, whether PROXY headers are demanded, how long WebSockets may be silent. */
export async function examineFrontends(snapshot: Snapshot, question: Question, findings: Findings): Promise<void> {
  for (const frontend of snapshot.frontends) {
    if (frontend.name === METRICS_PROXY) continue;
    for (const bind of frontend.binds) await examineBind(frontend, bind, question, findings);
    examineTimeouts(snapshot, frontend, findings);
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
  await examineIntroduction(frontend, bind, speaks(reply), { subject, place, local, name }, findings);
  if (question.webSocket === undefined || frontend.engine === 'tcp') return;
  await examineWebSocket(
    { subject, at, place, name, path: question.webSocket, introduction },
    {
      does: 'passes the',
      advice: `headgate-router explain ws://${name}${question.webSocket} shows which rule answers it`,
    },
    findings,
  );
}

/** Whether what runs there demands PROXY headers as the file says: it may be an older configuration, or another program. */
async function examineIntroduction(
  { forwardFor, engine }: Frontend,
  { acceptProxy, at }: Bind,
  answers: boolean,
  { subject, place, local, name }: { subject: string; place: Place; local: boolean; name: string },
  findings: Findings,
): Promise<void> {
  const answersOther = speaks(await ask(place, name, acceptProxy ? 0 : 2));
  if (acceptProxy && answersOther)
    findings.add(
      'error',
      subject,
      'what listens there answers without a PROXY header, and the configuration demands one',
      'reload the router, or look which program has the port: ss -ltnp',
      at,
    );
  else if (!acceptProxy && !answers && answersOther)
    findings.add(
      'error',
      subject,
      'what listens there demands a PROXY header, and the configuration does not',
      "add 'accept-proxy' to the bind, or reload the router",
      at,
    );
  else findings.ok(subject, acceptProxy ? 'demands a PROXY header: the addresses of clients are kept' : 'answers', at);
  if (!acceptProxy && local && forwardFor !== undefined && engine !== 'tcp')
    findings.add(
      'notice',
      subject,
      'listens for this machine only, and knows its clients by their connections',
      "where a TLS terminator is in front, add 'accept-proxy' here and 'protocol = proxy' there: otherwise X-Forwarded-For is 127.0.0.1",
      at,
    );
}

/** The shortest time after which a silent tunnel of this frontend is cut. */
function examineTimeouts(
  { backends }: Snapshot,
  { name, timeouts, at, defaultBackend, useBackends }: Frontend,
  findings: Findings,
): void {
  const names = new Set([...useBackends.map(({ backend }) => backend), defaultBackend ?? name]);
  for (const backend of [...names].flatMap((one) => backends.get(one) ?? [])) {
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
}

function isAny(host: string): boolean {
  return host === '' || host === '*' || host === '0.0.0.0' || host === '::';
}
