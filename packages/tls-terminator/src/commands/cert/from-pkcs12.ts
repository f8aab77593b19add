import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { loadCertificate } from '../../certificate/load.ts';
import { isPkcs12Name } from '../../certificate/pkcs12-name.ts';
import { usage } from '../usage.ts';
import { deliver, failure } from './report.ts';

const USAGE = 'cert from-pkcs12 --out FILE [--pass-file FILE] FILE.p12';
const SUMMARY = 'a .p12 or .pfx file as one PEM file';

export const fromPkcs12: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const options = { out: { type: 'string' }, 'pass-file': { type: 'string' } } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const { out, 'pass-file': passFile } = parsed.values;
    const [file, ...more] = parsed.positionals;
    if (out === undefined || file === undefined || more.length > 0)
      return usage.wrong('--out and one file are needed', USAGE, io);
    if (!isPkcs12Name(file)) return usage.wrong(`${file} is not named .p12 or .pfx`, USAGE, io);
    try {
      return await deliver(out, await loadCertificate({ cert: file, passFile }, new Date()), io);
    } catch (error) {
      return failure(error, io);
    }
  },
};
