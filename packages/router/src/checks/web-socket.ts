/** The check that opens a WebSocket, which HAProxy does not have: a real upgrade (RFC 6455 §4), optionally a Ping, and a proper close. */
import { createHash } from 'node:crypto';
import { trimmed } from '../http/fields.ts';
import { protocolsIn } from '../http/switching.ts';
import { closeFrame, controlFrame, framesIn, OPCODES } from '../http/web-socket-frames.ts';
import type { Frame } from '../http/web-socket-frames.ts';
import type { CheckEvaluation, CheckScript, Received, SendStep, Verdict } from '../model/check.ts';
import type { ResponseFacts } from '../model/facts.ts';
import { verdict } from './expect.ts';
import { RECEIVE_LIMIT } from './probe.ts';
import { connect, protocolScript, send } from './protocol-script.ts';
import { readResponse } from './response.ts';

export interface WebSocketCheck {
  readonly target: string;
  /** Undefined: the address of the server. */
  readonly host: string | undefined;
  /** The subprotocol that the server has to agree to. */
  readonly protocol: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  /** Send a Ping and wait for its Pong. */
  readonly ping: boolean;
}

/** RFC 6455 §1.3: what the key is hashed with. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const NORMAL_CLOSURE = 1000;
const PING = Buffer.from('headgate');

export function webSocketScript(check: WebSocketCheck): CheckScript {
  const keys = new WeakMap<CheckEvaluation, string>();
  const upgrade = (on: CheckEvaluation): string => {
    const key = newKey(on);
    keys.set(on, key);
    return upgradeRequest(check, key, on);
  };
  const ping = latin1(controlFrame(OPCODES.ping, PING, true));
  const close = latin1(closeFrame(NORMAL_CLOSURE, '', true));
  return protocolScript(
    connect(true),
    { kind: 'send', bytes: upgrade },
    expected('response to the upgrade', (received, on) => judgeUpgrade(received, check, keys.get(on) ?? '')),
    ...(check.ping ? [frame(ping), expected('Pong to our Ping', judgePong)] : []),
    frame(close),
    { ...expected('Close frame in answer to ours', judgeClose), anyEnd: true },
  );
}

function frame(bytes: string): SendStep {
  return { ...send(bytes), continues: true };
}

function expected(what: string, judge: (received: Received, on: CheckEvaluation) => Verdict | undefined) {
  return { kind: 'expect', what, timeoutStatus: 'L7TOUT', missing: `no ${what}`, judge } as const;
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** RFC 6455 §4.1: 16 random bytes for each connection. */
function newKey({ world }: CheckEvaluation): string {
  return Buffer.from(Array.from({ length: 16 }, () => Math.floor(world.random() * 256))).toString('base64');
}

function upgradeRequest({ target, host, protocol, headers }: WebSocketCheck, key: string, on: CheckEvaluation): string {
  const fields: readonly (readonly [string, string])[] = [
    ['host', host ?? on.tested.address],
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', key],
    ...(protocol === undefined ? [] : [['sec-websocket-protocol', protocol] as const]),
    ...headers,
  ];
  return `GET ${target} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** RFC 6455 §4.1: what a client has to see in the response before it takes the connection for a WebSocket. */
function judgeUpgrade({ text, complete }: Received, check: WebSocketCheck, key: string): Verdict | undefined {
  const response = readResponse(text);
  if (response === undefined) {
    const begun = 'HTTP/1.'.startsWith(text.slice(0, 7)) && !text.includes('\n');
    if (begun && !complete) return undefined;
    return verdict(
      'L7RSP',
      text === '' ? 'the server closed without a response to the upgrade' : 'the response is not HTTP',
    );
  }
  const { status, reason } = response.facts;
  if (status !== 101) return verdict('L7STS', reason, status);
  if (response.body < 0) return complete ? verdict('L7RSP', 'the response to the upgrade is not complete') : undefined;
  const problem = problemOf(response.facts, check, key);
  return problem === undefined ? verdict('L7OK', '', status) : verdict('L7RSP', problem);
}

function problemOf(response: ResponseFacts, { protocol }: WebSocketCheck, key: string): string | undefined {
  const list = (name: string): readonly string[] =>
    response
      .header(name)
      .join(',')
      .split(',')
      .map((part) => trimmed(part).toLowerCase());
  if (!list('connection').includes('upgrade')) return '101 without Connection: upgrade';
  if (protocolsIn(response.header('upgrade').join(','))?.join(' ') !== 'websocket')
    return '101 without Upgrade: websocket';
  const [accept, second] = response.header('sec-websocket-accept');
  if (accept === undefined) return '101 without Sec-WebSocket-Accept';
  if (second !== undefined || accept !== acceptOf(key)) return 'Sec-WebSocket-Accept is not the answer to our key';
  if (response.header('sec-websocket-extensions').length > 0) return 'the server uses extensions that were not offered';
  const agreed = response.header('sec-websocket-protocol').join(',');
  if (agreed === (protocol ?? '')) return undefined;
  return protocol === undefined
    ? 'the server chose a subprotocol that was not offered'
    : `the server did not agree to the subprotocol ${protocol}`;
}

function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** The frames after the response to the upgrade. */
function framesAfter(text: string): readonly Frame[] {
  return framesIn(Buffer.from(text.slice(readResponse(text)?.body ?? 0), 'latin1'));
}

function judgePong({ text, complete }: Received): Verdict | undefined {
  const frames = framesAfter(text);
  if (frames.some(({ masked }) => masked)) return verdict('L7RSP', 'the server masks its frames');
  if (frames.some(({ opcode, payload }) => opcode === OPCODES.pong && payload.equals(PING)))
    return verdict('L7OK', '', 101);
  const close = frames.find(({ opcode }) => opcode === OPCODES.close);
  if (close !== undefined) return verdict('L7RSP', `the server closed the WebSocket${codeOf(close)}`);
  if (text.length >= RECEIVE_LIMIT)
    return verdict('L7RSP', `no Pong to our Ping in the first ${RECEIVE_LIMIT / 1024} KiB`);
  return complete ? verdict('L7RSP', 'the server closed without a Pong to our Ping') : undefined;
}

function judgeClose({ text, complete }: Received): Verdict | undefined {
  const closed = complete || framesAfter(text).some(({ opcode }) => opcode === OPCODES.close);
  return closed ? verdict('L7OK', '', 101) : undefined;
}

function codeOf({ payload }: Frame): string {
  return payload.length < 2 ? '' : ` with ${payload.readUInt16BE(0)}`;
}
