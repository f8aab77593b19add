import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { usage } from '../usage.ts';
import { failure } from './report.ts';

const USAGE = 'cert dev [--dir DIRECTORY] [--name NAME]...';
const SUMMARY = 'a certificate for development and the authority to trust for it';
const DEFAULT_DIRECTORY = '.headgate/certificates';
const DEFAULT_NAMES = ['localhost', '127.0.0.1', '::1'];
const HELP = `${SUMMARY}; what is still good is kept
  --dir DIRECTORY   where to (${DEFAULT_DIRECTORY})
  --name NAME       a host name or address; may be repeated (${DEFAULT_NAMES.join(', ')})`;

export const dev: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, HELP, io)) return 0;
    const options = {
      dir: { type: 'string', default: DEFAULT_DIRECTORY },
      name: { type: 'string', multiple: true },
    } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: false }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const names = parsed.values.name ?? DEFAULT_NAMES;
    try {
      // node-forge is large: only who makes certificates loads it.
      const { ensureDevelopmentCertificate } = await import('../../certificate/development.ts');
      const { caFile, bundleFile, created } = await ensureDevelopmentCertificate({
        directory: parsed.values.dir,
        names,
      });
      io.out(`${created ? 'made' : 'still good:'} ${bundleFile} for ${names.join(', ')}\n`);
      io.out(
        `in the configuration:  cert = ${bundleFile}\nto trust it:           curl --cacert ${caFile}, NODE_EXTRA_CA_CERTS=${caFile}, or import ${caFile} as an authority in the browser\n`,
      );
      return 0;
    } catch (error) {
      return failure(error, io);
    }
  },
};
