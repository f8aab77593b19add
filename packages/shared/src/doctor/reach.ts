import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { addressText } from '../net/endpoint.ts';
import { ask, speaks, type Introduction, type Reply } from './http.ts';
import type { Findings } from './finding.ts';
import { talk, type Place } from './talk.ts';
import type { Position } from '../config/raw.ts';

/** Something that is connected to: a server, or the other half. */
export interface Target {
  /** `server apps/web1`. */
  readonly subject: string;
  readonly at: Position;
  readonly host: string;
  readonly port: number;
  /** The PROXY header that the configuration has sent to it. */
  readonly introduction: Introduction;
  /** Where that is configured: `send-proxy` on this server, `protocol = proxy` here; and its counterpart at the other end. */
  readonly words: { readonly own: string; readonly other: string };
  /** The Host field to ask with. */
  readonly name: string;
}

/** The largest difference of clocks that is no finding, in seconds. */
const CLOCK = 30;
const NOTHING = Buffer.alloc(0);

/** Looks at a target: whether it can be reached by every address of its name, and whether both ends agree on the PROXY header. */
export async function examine(target: Target, findings: Findings): Promise<Reply | undefined> {
  const place = await reach(target, findings);
  if (place === undefined) return undefined;
  const reply = await agree(place, target, findings);
  if (reply.ahead !== undefined && Math.abs(reply.ahead) > CLOCK)
    findings.add(
      'warning',
      target.subject,
      `its clock is ${Math.abs(Math.round(reply.ahead))} s ${reply.ahead > 0 ? 'ahead of' : 'behind'} this one`,
      'let both machines follow a time server (timedatectl set-ntp true): cookies, tokens and certificates depend on it',
      target.at,
    );
  return reply;
}

/** Connects by every address; the first that answers, if any. */
export async function reach({ subject, host, port, at }: Target, findings: Findings): Promise<Place | undefined> {
  const addresses = isIP(host) > 0 ? [host] : await addressesOf(host);
  if (addresses.length === 0) {
    findings.add(
      'error',
      subject,
      `the name ${host} is not known`,
      'correct the name, or add it to DNS or /etc/hosts',
      at,
    );
    return undefined;
  }
  const tried = await Promise.all(
    addresses.map(async (address) => ({
      address,
      why: (await talk({ host: address, port }, NOTHING, () => true)).refused,
    })),
  );
  const open = tried.filter(({ why }) => why === undefined);
  const [first] = open;
  if (first === undefined) {
    const reasons = tried.map(({ address, why }) => `${addressText(address, port)} ${why}`).join(', ');
    findings.add('error', subject, `cannot be connected to: ${reasons}`, adviceFor(tried[0]?.why), at);
    return undefined;
  }
  const closed = tried.filter((one) => !open.includes(one));
  if (closed.length > 0)
    findings.add(
      'warning',
      subject,
      `${host} is ${addresses.join(' and ')}, and only ${open.map(({ address }) => address).join(', ')} accepts connections`,
      `write ${addressText(first.address, port)} instead of ${host}, or let the application listen on both families`,
      at,
    );
  return { host: first.address, port };
}

function adviceFor(code: string | undefined): string {
  if (code === 'ECONNREFUSED') return 'start it, or correct the address: nothing listens there';
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return 'look at firewalls and routes: nothing answers from there';
  return 'correct the address';
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return [...new Set((await lookup(host, { all: true })).map(({ address }) => address))];
  } catch {
    return [];
  }
}

/** Whether the target wants what it is sent: a PROXY header, or none. */
async function agree(place: Place, target: Target, findings: Findings): Promise<Reply> {
  const { subject, introduction, words, name, at } = target;
  const reply = await ask(place, name, introduction);
  if (speaks(reply)) {
    const how = introduction === 0 ? '' : `, with a PROXY header (version ${introduction})`;
    findings.ok(subject, `answers${how}: status ${reply.status}`, at);
    return reply;
  }
  const other: Introduction = introduction === 0 ? 2 : 0;
  const instead = await ask(place, name, other);
  if (speaks(instead) && introduction === 0)
    findings.add(
      'error',
      subject,
      'answers only after a PROXY header, and none is sent',
      `add ${words.own}, or remove ${words.other}`,
      at,
    );
  else if (speaks(instead))
    findings.add(
      'error',
      subject,
      'does not understand the PROXY header that is sent',
      `add ${words.other}, or remove ${words.own}`,
      at,
    );
  else findings.add(...doubt(reply, subject), at);
  return reply;
}

/** A finding about something that answers otherwise than an HTTP server. */
export function doubt({ kind, status }: Reply, subject: string): ['warning' | 'notice', string, string, string] {
  switch (kind) {
    case 'tls':
      return ['warning', subject, 'answers in TLS to plain HTTP', 'use TLS to it, or its plain port'];
    case 'silent':
      return [
        'warning',
        subject,
        'accepts connections and does not answer',
        'look at the application: it may be stuck, or still starting',
      ];
    case 'http':
      return ['notice', subject, `answers OPTIONS / with ${status}`, 'nothing, if that is how it treats such requests'];
    case 'closed':
    case 'other':
    case 'refused':
      return [
        'notice',
        subject,
        'closes the connection without an answer in HTTP',
        'nothing, if it does not speak HTTP',
      ];
  }
}
