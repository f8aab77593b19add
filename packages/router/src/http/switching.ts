import { trimmed, type ConnectionOptions, type Fields } from './fields.ts';

/** The parts of a 101's head that decide whether it may be forwarded. */
export interface Switching {
  readonly version: '1.0' | '1.1';
  readonly fields: Fields;
  readonly options: ConnectionOptions;
}

/** `name` or `name/version` (RFC 9110 §7.8). */
const protocol = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;

/** The names, in lower case and without versions, of the protocols in an Upgrade field; undefined unless it is a list of protocols. */
export function protocolsIn(value: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of value.split(',')) {
    const name = protocol.exec(trimmed(part))?.[1];
    if (name === undefined) return undefined;
    names.push(name.toLowerCase());
  }
  return names;
}

/** Whether an `Upgrade` field asks for WebSocket and nothing else. */
export function isWebSocket(upgrade: string | undefined): boolean {
  if (upgrade === undefined) return false;
  const protocols = protocolsIn(upgrade);
  return protocols?.length === 1 && protocols[0] === 'websocket';
}

/** Why a 101 must not be forwarded (RFC 9110 §7.8, §15.2.2, RFC 6455 §4.1), or undefined when it may. */
export function switchingProblem(
  { version, options, fields }: Switching,
  upgrade: string | undefined,
): string | undefined {
  const offered = upgrade === undefined ? undefined : protocolsIn(upgrade);
  if (offered === undefined) return 'unsolicited 101';
  const { names, values } = fields;
  if (version === '1.0' || options.upgrade === '' || !names.includes('upgrade'))
    return '101 without Connection: upgrade';
  const chosen = protocolsIn(values.filter((_, at) => names[at] === 'upgrade').join(','));
  if (chosen?.every((name) => offered.includes(name)) !== true) return '101 to a protocol that was not requested';
  return offered.includes('websocket') && !names.includes('sec-websocket-accept')
    ? '101 without Sec-WebSocket-Accept'
    : undefined;
}
