/** What clients say by mistake on a port that speaks HTTP in clear: the commonest, told by their first bytes. */
const protocols: readonly (readonly [start: string, name: string])[] = [
  ['\x16\x03', 'TLS, on a plain-text port'],
  ['\r\n\r\n\0\r\nQUIT\n', 'a PROXY header, on a bind without accept-proxy'],
  ['PROXY ', 'a PROXY header, on a bind without accept-proxy'],
  ['SSH-', 'SSH'],
];

/** Why bytes that are refused are no HTTP, when it is plain; undefined otherwise. Pure. */
export function otherProtocol(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 16);
  return protocols.find(([begins]) => start.startsWith(begins))?.[1];
}
