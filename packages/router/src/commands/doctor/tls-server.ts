import { isIP } from 'node:net';
import { doubt, reach, type Target } from '@headgate/shared/doctor/reach';
import type { Findings } from '@headgate/shared/doctor/finding';
import { ask, speaks } from '@headgate/shared/doctor/http';
import { shakeHands, type Handshake, type Place } from '@headgate/shared/doctor/talk';
import type { Server } from '../../model/snapshot.ts';
import { examineWebSocket } from './web-socket.ts';

/** A server with `ssl`: whether it shakes hands, shows a certificate that is accepted, and answers. */
export async function examineTlsServer(
  { tls, check, sendProxy }: Server,
  target: Target,
  webSocket: string | undefined,
  findings: Findings,
): Promise<void> {
  const { subject, at, name } = target;
  const place = await reach(target, findings);
  if (place === undefined || tls === undefined) return;
  if (sendProxy > 0) return findings.ok(subject, 'accepts connections; TLS after a PROXY header is not looked at', at);
  const { ca, identity, minVersion, maxVersion, verify, verifyName } = tls.client.settings;
  // What `sni` gives depends on the request; checks know a name of their own.
  const wanted = check?.tls?.sni || verifyName;
  const asked = wanted === undefined || isIP(wanted) > 0 ? undefined : wanted;
  const greet = (): Promise<Handshake> =>
    shakeHands(place, asked, { minVersion, maxVersion, ...(ca.length > 0 && { ca: [...ca] }), ...identity });
  const hand = await greet();
  if (hand.socket === undefined) return noHandshake(place, hand.failed ?? '', target, findings);
  if (!accepts(hand, { verify, named: asked !== undefined }, target, findings)) return void hand.socket.destroy();
  const reply = await ask(place, name, 0, hand.socket);
  if (!speaks(reply)) return findings.add(...doubt(reply, subject), at);
  findings.ok(subject, `answers over TLS: status ${reply.status}`, at);
  const { socket } = webSocket === undefined ? { socket: undefined } : await greet();
  if (webSocket === undefined || socket === undefined) return;
  await examineWebSocket(
    { subject, at, place, name, path: webSocket, introduction: 0, over: socket },
    { does: 'opens a', advice: 'look at the path and at the application: the router does not take part here' },
    findings,
  );
}

async function noHandshake(
  place: Place,
  why: string,
  { subject, at, name }: Target,
  findings: Findings,
): Promise<void> {
  if (speaks(await ask(place, name, 0)))
    return findings.add(
      'error',
      subject,
      'answers in plain HTTP, and is spoken to in TLS: requests get a 503',
      "remove 'ssl' from the server, or let the application speak TLS",
      at,
    );
  findings.add(
    'error',
    subject,
    `the TLS handshake fails: ${why}`,
    "compare the versions and ciphers of both ends, and look whether it demands a certificate ('crt' on the server)",
    at,
  );
}

/** Whether the router would accept the certificate. `named`: it is known for which name it has to be. */
function accepts(
  { untrusted, mismatch, certificate }: Handshake,
  { verify, named }: { readonly verify: boolean; readonly named: boolean },
  { subject, at }: Target,
  findings: Findings,
): boolean {
  const before = findings.list.length;
  const until = new Date(certificate?.valid_to ?? '').getTime();
  if (verify && untrusted !== undefined && !untrusted.includes('ALTNAME'))
    findings.add(
      'error',
      subject,
      `its certificate is refused, and requests get a 503: ${untrusted}`,
      "name its authority in 'ca-file', or renew the certificate there",
      at,
    );
  else if (verify && named && mismatch !== undefined)
    findings.add(
      'error',
      subject,
      `its certificate is for another name: ${mismatch}`,
      "correct 'sni' or 'verifyhost'",
      at,
    );
  else if (until < Date.now())
    findings.add(
      'notice',
      subject,
      `its certificate expired on ${new Date(until).toISOString().slice(0, 10)}`,
      "renew it there: 'verify none' accepts it, 'verify required' would not",
      at,
    );
  return !verify || findings.list.length === before;
}
