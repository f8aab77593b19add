import type { ResponseHead } from './response-head.ts';

/** Why a 101 may not be passed on (RFC 9110 §15.2.2, RFC 6455 §4.1), or undefined when it may. */
export function switchingProblem(head: ResponseHead, upgrade: string | undefined): string | undefined {
  if (upgrade === undefined) return '101 that nobody asked for';
  if (head.version === '1.0' || !head.options.upgrade || !head.fields.names.includes('upgrade')) return '101 without Connection: upgrade';
  const websocket = upgrade.toLowerCase().includes('websocket');
  return websocket && !head.fields.names.includes('sec-websocket-accept') ? '101 without Sec-WebSocket-Accept' : undefined;
}
