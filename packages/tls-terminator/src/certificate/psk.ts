import type { Finding } from './finding.ts';
import { readSecret } from './secret.ts';

export interface PreSharedKeys {
  /** In the order of the file. */
  readonly keys: ReadonlyMap<string, Buffer>;
  readonly findings: readonly Finding[];
}

const FEWEST_BYTES = 16;

/** Reads lines of IDENTITY:KEY (stunnel(8), PSKsecrets). A message never repeats a key. */
export async function loadPreSharedKeys(file: string): Promise<PreSharedKeys> {
  const findings: Finding[] = [];
  const contents = await readSecret(file, 'keys', findings);
  if (contents === undefined) return { keys: new Map(), findings };
  const keys = parsePreSharedKeys(contents.toString('utf8'), file, findings);
  if (keys.size === 0 && findings.every(({ severity }) => severity === 'warning'))
    findings.push({ severity: 'error', file, message: 'there is no IDENTITY:KEY in it' });
  return { keys, findings };
}

/** A key of hexadecimal digits alone, an even number of them, is those bytes; any other is its text. */
export function parsePreSharedKeys(text: string, file: string, findings: Finding[]): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const fault = (message: string): void =>
      void findings.push({ severity: 'error', file, message: `line ${index + 1}: ${message}` });
    const colon = line.indexOf(':');
    const identity = line.slice(0, Math.max(colon, 0));
    const secret = line.slice(colon + 1);
    const isHexadecimal = secret.length % 2 === 0 && /^[0-9a-f]+$/i.test(secret);
    const key = Buffer.from(secret, isHexadecimal ? 'hex' : 'utf8');
    if (colon < 1) fault('an identity, a colon and a key are expected');
    else if (key.length < FEWEST_BYTES) fault(`the key of ${identity} is shorter than ${FEWEST_BYTES} bytes`);
    else keys.set(identity, key);
  }
  return keys;
}
