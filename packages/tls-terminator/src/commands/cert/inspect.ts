import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import type { Found } from '../../certificate/bundle.ts';
import {
  certificateNames,
  describeCertificate,
  describeKey,
  isSelfSigned,
  signatureAlgorithm,
} from '../../certificate/describe.ts';
import { loadCertificate } from '../../certificate/load.ts';
import { usage } from '../usage.ts';
import { report } from './report.ts';

const USAGE = 'cert inspect [--key FILE] [--pass-file FILE] FILE';
const SUMMARY = 'what a certificate file holds and what is wrong with it';

export const inspect: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const options = { key: { type: 'string' }, 'pass-file': { type: 'string' } } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const [cert, ...more] = parsed.positionals;
    if (cert === undefined || more.length > 0) return usage.wrong('one file is needed', USAGE, io);
    const { key, 'pass-file': passFile } = parsed.values;
    const { bundle, found, findings } = await loadCertificate({ cert, key, passFile }, new Date());
    report(findings, io);
    if (found !== undefined) io.out(describe(found));
    return bundle === undefined ? 1 : 0;
  },
};

function describe({ leaf, key, chain }: Found): string {
  const lines = [
    ['certificate', describeCertificate(leaf)],
    ['for', certificateNames(leaf).join(', ') || 'no host'],
    ['issued by', isSelfSigned(leaf) ? 'itself' : leaf.issuer.split('\n').join(', ')],
    ['valid', `${leaf.validFromDate.toISOString()} to ${leaf.validToDate.toISOString()}`],
    [
      'key',
      key === undefined
        ? `${describeKey(leaf.publicKey)}, the private key is not here`
        : `${describeKey(key)}, belongs to the certificate`,
    ],
    ['signed with', signatureAlgorithm(leaf)],
    ['serial', leaf.serialNumber],
    ['SHA-256', leaf.fingerprint256],
    [
      'sent',
      `${chain.length} certificate(s): ${chain.map((certificate) => describeCertificate(certificate)).join(' <- ')}`,
    ],
  ];
  return lines.map(([label = '', text = '']) => `${label.padEnd(12)} ${text}\n`).join('');
}
