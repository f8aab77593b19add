import type { Finding } from './finding.ts';
import { readSecret } from './secret.ts';

/** 48 bytes for Node.js (name, HMAC key, AES key), or why there are none. */
export async function loadTicketKeys(
  file: string,
): Promise<{ readonly keys: Buffer | undefined; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const contents = await readSecret(file, 'keys', findings);
  if (contents === undefined) return { keys: undefined, findings };
  const lines = contents
    .toString('latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const keys = lines.map((line) => Buffer.from(line, 'base64'));
  const wrong = keys.findIndex((key) => key.length !== 48 && key.length !== 80);
  if (keys.length === 0 || wrong !== -1) {
    const message =
      keys.length === 0
        ? "it is empty; 'openssl rand -base64 48' makes a line"
        : `line ${wrong + 1} is not 48 or 80 bytes in base64; 'openssl rand -base64 48' makes one`;
    return { keys: undefined, findings: [...findings, { severity: 'error', file, message }] };
  }
  return { keys: chosen(keys)?.subarray(0, 48), findings };
}

/** HAProxy encrypts with the last but one of three or more, so that all machines know a key before it is in use. */
function chosen(keys: readonly Buffer[]): Buffer | undefined {
  return keys.length >= 3 ? keys.at(-2) : keys.at(-1);
}
