import type { Question } from '@headgate/shared/doctor/command';
import { Findings } from '@headgate/shared/doctor/finding';
import { ask, speaks } from '@headgate/shared/doctor/http';
import { examine } from '@headgate/shared/doctor/reach';
import type { Backend, Server, Snapshot } from '../../model/snapshot.ts';
import { examineTlsServer } from './tls-server.ts';
import { examineWebSocket } from './web-socket.ts';

/** Servers that are examined at the same time: one after the other, many that are down would take minutes. */
const AT_A_TIME = 16;

/** Every server: whether it can be reached, speaks, and agrees on the PROXY header. */
export async function examineBackends({ backends }: Snapshot, question: Question, findings: Findings): Promise<void> {
  const all = [...backends.values()].flatMap((backend) => backend.servers.map((server) => ({ backend, server })));
  for (let at = 0; at < all.length; at += AT_A_TIME) {
    const some = all.slice(at, at + AT_A_TIME).map(async ({ backend, server }) => {
      const own = new Findings();
      await examineServer(backend, server, question, own);
      return own.list;
    });
    // In the order of the file, whichever answered first.
    findings.list.push(...(await Promise.all(some)).flat());
  }
}

async function examineServer(backend: Backend, server: Server, question: Question, findings: Findings): Promise<void> {
  const subject = `server ${backend.name}/${server.name}`;
  const { address, at, sendProxy } = server;
  if (server.disabled) return findings.ok(subject, 'disabled, not looked at', at);
  if (server.relative !== undefined) return findings.ok(subject, "has the client's destination, not looked at", at);
  const name = question.host ?? 'localhost';
  if (address.kind === 'unix') {
    const { kind, why } = await ask({ path: address.path }, name, sendProxy);
    if (kind !== 'refused') findings.ok(subject, `${address.path} accepts connections`, at);
    else
      findings.add('error', subject, `${address.path}: ${why}`, 'start it, or correct the path or its permissions', at);
    return;
  }
  const { host, port } = address;
  const words = {
    own: `'send-proxy${sendProxy === 2 ? '-v2' : ''}' on the server`,
    other: 'the PROXY protocol in the application',
  };
  const target = { subject, at, host, port, introduction: sendProxy, words, name };
  if (server.tls !== undefined) return examineTlsServer(server, target, question.webSocket, findings);
  const reply = await examine(target, findings);
  const unchecked = server.check === undefined && server.track === undefined;
  if (reply?.kind === 'http' && unchecked && backend.servers.length > 1)
    findings.add(
      'notice',
      subject,
      'is not checked',
      "add 'check': when it fails, requests go to the others at once",
      at,
    );
  if (question.webSocket === undefined || reply === undefined || !speaks(reply)) return;
  await examineWebSocket(
    { subject, at, place: { host, port }, name, path: question.webSocket, introduction: sendProxy },
    { does: 'opens a', advice: 'look at the path and at the application: the router does not take part here' },
    findings,
  );
}
