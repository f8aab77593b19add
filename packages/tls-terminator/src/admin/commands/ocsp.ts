import type { StapleStatus } from '../../service/staples.ts';
import type { Commands } from '../command.ts';
import { openSslDate } from '../describe.ts';
import type { Desk } from '../desk.ts';
import { errorsOf, linesOf } from '../lines.ts';
import { certIdFields, ocspKey } from '../ocsp-key.ts';

/** Responses that are sent in handshakes (OCSP stapling). */
export const ocsp = {
  'show ssl ocsp-response': {
    usage: '[<id>]',
    text: 'display the IDs of the OCSP responses used in memory, or the details of a single OCSP response',
    level: 'operator',
    run([id], { staples }) {
      const all = staples.status.filter(({ response }) => response !== undefined);
      if (id !== undefined) {
        const found = all.find((staple) => ocspKey(staple) === id || staple.file === id);
        return found === undefined ? 'Certificate ID does not match any certificate.\n' : details(found);
      }
      return linesOf(all.length === 0 ? [] : ['# Certificate IDs', ...all.flatMap(overview)]);
    },
  },
  'show ssl ocsp-updates': {
    usage: '',
    text: 'display information about the next OCSP updates',
    level: 'operator',
    run(_words, { staples }) {
      const rows = staples.status
        .filter(({ responder }) => responder !== undefined)
        .map((staple) =>
          [
            ocspKey(staple),
            staple.file,
            new Date(staple.due).toISOString(),
            staple.problem ?? 'Update successful',
          ].join(' | '),
        );
      return linesOf(['OCSP Certid | Path | Next Update | Last Update Status', ...rows]);
    },
  },
  'set ssl ocsp-response': {
    usage: '<resp|payload>',
    text: "update a certificate's OCSP Response from a base64-encode DER",
    level: 'admin',
    run([response], desk, _session, payload) {
      const text = response ?? payload;
      if (text === undefined) return "'set ssl ocsp-response' expects response in base64 encoding.\n";
      return setResponse(text, desk);
    },
  },
} as const satisfies Commands;

/** Puts it in the place of FILE.ocsp, as all processes read it. */
export async function setResponse(base64: string, { staples, replace }: Desk): Promise<string> {
  const text = base64.replaceAll(/\s/g, '');
  const meant = staples.meant(Buffer.from(text, 'base64'));
  if ('refused' in meant) return `${meant.refused}\n`;
  const result = await replace(`${meant.file}.ocsp`, text);
  return result.applied ? 'OCSP Response updated!\n' : linesOf(errorsOf(result.reasons));
}

function overview(staple: StapleStatus): readonly string[] {
  const [name, key, serial] = certIdFields(staple);
  return [
    `  Certificate ID key : ${ocspKey(staple)}`,
    `  Certificate path : ${staple.file}`,
    '    Certificate ID:',
    `      Issuer Name Hash: ${name}`,
    `      Issuer Key Hash: ${key}`,
    `      Serial Number: ${serial}`,
  ];
}

function details(staple: StapleStatus): string {
  const [name, key, serial] = certIdFields(staple);
  const { from = 0, until = 0 } = staple.response ?? {};
  return linesOf([
    'OCSP Response Data:',
    '    OCSP Response Status: successful (0x0)',
    '    Response Type: Basic OCSP Response',
    '    Responses:',
    '    Certificate ID:',
    '      Hash Algorithm: sha1',
    `      Issuer Name Hash: ${name}`,
    `      Issuer Key Hash: ${key}`,
    `      Serial Number: ${serial}`,
    '    Cert Status: good',
    `    This Update: ${openSslDate(new Date(from))}`,
    `    Next Update: ${openSslDate(new Date(until))}`,
  ]);
}
