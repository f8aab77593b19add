/** Other protocols that clients commonly send to a plain HTTP port by mistake, recognised by their first bytes. */
const protocols: readonly (readonly [start: string, name: string])[] = [
  ['\x16\x03', 'TLS, on a plain-text port'],
  ['\r\n\r\n\0\r\nQUIT\n', 'a PROXY header, on a bind without accept-proxy'],
  ['PROXY ', 'a PROXY header, on a bind without accept-proxy'],
  ['SSH-', 'SSH'],
];

/** Which other protocol refused bytes belong to, when that is clear; undefined otherwise. Pure. */
export function otherProtocol(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 16);
  return protocols.find(([begins]) => start.startsWith(begins))?.[1];
}
