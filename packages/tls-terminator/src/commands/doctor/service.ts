import type { Question } from '@headgate/shared/doctor/command';
import type { Findings } from '@headgate/shared/doctor/finding';
import { ask, upgrade } from '@headgate/shared/doctor/http';
import { examine } from '@headgate/shared/doctor/reach';
import { shakeHands, type Place } from '@headgate/shared/doctor/talk';
import { addressText } from '@headgate/shared/net/endpoint';
import type { AcceptAddress, Service } from '../../model/snapshot.ts';
import { examineCertificate, examineServed } from './certificate.ts';

/** As in the router: browsers and servers ping every 20 to 60 seconds. */
const PATIENCE = 60_000;
const HTTP = /^http/;

/** One service: its certificate, what is served, the other half, and what would cut WebSockets. */
export async function examineService(service: Service, question: Question, findings: Findings): Promise<void> {
  const { tls, timeouts, at, name } = service;
  const subject = `service ${name}`;
  if (tls?.certificate !== undefined) examineCertificate(subject, tls.certificate, at, findings);
  for (const accept of service.accepts) await examineAccept(service, accept, question, findings);
  if (service.outbound !== undefined) return findings.ok(subject, 'a client of TLS: its server is not looked at', at);
  for (const target of service.connects) {
    const to = `${subject}, connect ${target.text}`;
    if (target.kind === 'unix') {
      const { kind, why } = await ask({ path: target.path }, hostOf(service, question), service.proxyProtocol);
      if (kind === 'refused')
        findings.add('error', to, String(why), 'start the other half, or correct the path', target.at);
      else findings.ok(to, 'accepts connections', target.at);
      continue;
    }
    const words = { own: "'protocol = proxy' in this service", other: "'accept-proxy' on the bind of the other half" };
    const [host] = target.hosts;
    const wanted = { subject: to, at: target.at, host, port: target.port, introduction: service.proxyProtocol, words };
    const reply = await examine({ ...wanted, name: hostOf(service, question) }, findings);
    if (reply?.kind === 'http') examineAddress(service, to, findings);
  }
  if (timeouts.idle > 0 && timeouts.idle < PATIENCE)
    findings.add(
      'warning',
      subject,
      `WebSockets that are silent for ${timeouts.idle / 1000} s are cut`,
      'set TIMEOUTidle to at least the timeout tunnel of the router',
      at,
    );
  else
    findings.ok(
      subject,
      timeouts.idle === 0
        ? 'connections may be silent for as long as they want'
        : `connections may be silent for ${timeouts.idle / 1000} s`,
      at,
    );
}

function examineAddress({ proxyProtocol, at }: Service, subject: string, findings: Findings): void {
  if (proxyProtocol === 0)
    findings.add(
      'warning',
      subject,
      'the other half does not learn who the clients are: for it all connections come from this machine',
      "add 'protocol = proxy' here and 'accept-proxy' to its bind",
      at,
    );
  else findings.ok(subject, 'the addresses of clients are kept', at);
}

/** What is served now, to a client that connects as browsers do. */
async function examineAccept(
  service: Service,
  accept: AcceptAddress,
  question: Question,
  findings: Findings,
): Promise<void> {
  if (service.tls === undefined || accept.kind === 'unix') return;
  const host = ['', '0.0.0.0', '::'].includes(accept.host) ? '127.0.0.1' : accept.host;
  const subject = `service ${service.name}, accept ${addressText(accept.host, accept.port)}`;
  if (service.acceptProxy || service.negotiation !== undefined)
    return findings.ok(subject, 'something else comes before TLS: no handshake is tried', accept.at);
  const place: Place = { host, port: accept.port };
  const name = question.host ?? service.tls.certificate?.names.find((one) => !/[*:]|^[\d.]+$/.test(one));
  const shaken = await shakeHands(place, name);
  const { failed, socket } = shaken;
  if (socket === undefined) {
    if (failed === 'ECONNREFUSED')
      findings.add('notice', subject, 'nothing listens', 'start the terminator, if it is to run here', accept.at);
    else
      findings.add(
        'error',
        subject,
        `no TLS handshake: ${failed}`,
        'look which program has the port (ss -ltnp), and at its log',
        accept.at,
      );
    return;
  }
  examineServed(
    subject,
    { ...shaken, name, version: socket.getProtocol() ?? '' },
    service.tls.certificate,
    accept.at,
    findings,
  );
  const through = await ask(place, hostOf(service, question), 0, socket);
  if (through.kind === 'http' && through.status < 500)
    findings.ok(subject, `a request passes both halves: status ${through.status}`, accept.at);
  else if (through.kind === 'http')
    findings.add(
      'warning',
      subject,
      `a request through both halves is answered with ${through.status}`,
      'look at the log of the other half: it says why',
      accept.at,
    );
  else if (service.tls.alpn.length === 0 || service.tls.alpn.some((one) => HTTP.test(one)))
    findings.add(
      'notice',
      subject,
      'a request through both halves is not answered in HTTP',
      'nothing, if another protocol is spoken',
      accept.at,
    );
  if (question.webSocket !== undefined) await examineUpgrade(service, place, name, subject, question, accept, findings);
}

async function examineUpgrade(
  service: Service,
  place: Place,
  name: string | undefined,
  subject: string,
  question: Question,
  { at }: AcceptAddress,
  findings: Findings,
): Promise<void> {
  const { socket } = await shakeHands(place, name);
  if (socket === undefined || question.webSocket === undefined) return;
  const { status, accepted } = await upgrade(place, hostOf(service, question), question.webSocket, 0, socket);
  if (accepted) return findings.ok(subject, `the WebSocket at ${question.webSocket} passes both halves`, at);
  findings.add(
    'warning',
    subject,
    `the WebSocket handshake at ${question.webSocket} is answered with ${status || 'nothing'}`,
    'ask the doctor of the router with the same --websocket: it shows which part answers so',
    at,
  );
}

function hostOf({ tls }: Service, { host }: Question): string {
  return host ?? tls?.certificate?.names.find((name) => !/[*:]/.test(name)) ?? 'localhost';
}
