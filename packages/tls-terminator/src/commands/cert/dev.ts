import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { authorityDirectory } from '../../certificate/authority-directory.ts';
import { usage } from '../usage.ts';
import { failure } from './report.ts';

const USAGE = 'cert dev [--dir DIRECTORY] [--authority DIRECTORY] [NAME]...';
const SUMMARY = 'a certificate for development and the authority to trust for it';
const DEFAULT_DIRECTORY = '.headgate/certificates';
const DEFAULT_NAMES = ['localhost', '127.0.0.1', '::1'];
const HELP = `${SUMMARY}; what is still good is kept
  NAME                  host names and addresses, also as --name NAME (${DEFAULT_NAMES.join(', ')})
  --dir DIRECTORY       where to (${DEFAULT_DIRECTORY})
  --authority DIRECTORY where the authority is: ${authorityDirectory()}, or DIRECTORY of --dir when that is given
'cert trust' lets this machine trust the authority.`;

export const dev: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, HELP, io)) return 0;
    const options = {
      dir: { type: 'string' },
      authority: { type: 'string' },
      name: { type: 'string', multiple: true },
    } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const { dir: directory = DEFAULT_DIRECTORY, name = [], authority: place } = parsed.values;
    const wanted = [...name, ...parsed.positionals];
    const names = wanted.length === 0 ? DEFAULT_NAMES : wanted;
    // A folder that was named, or has one from before, keeps its own.
    const isolated = parsed.values.dir !== undefined || existsSync(join(directory, 'ca.key'));
    const authority = place ?? (isolated ? directory : authorityDirectory());
    try {
      // node-forge is large: only who makes certificates loads it.
      const { ensureDevelopmentCertificate } = await import('../../certificate/development.ts');
      const { caFile, bundleFile, created } = await ensureDevelopmentCertificate({
        directory,
        names,
        authority,
      });
      io.out(`${created ? 'made' : 'still good:'} ${bundleFile} for ${names.join(', ')}\n`);
      io.out(
        `in the configuration:  cert = ${bundleFile}\nto trust it:           headgate-terminator cert trust; or curl --cacert ${caFile}, NODE_EXTRA_CA_CERTS=${caFile}, or import ${caFile} as an authority in the browser\n`,
      );
      return 0;
    } catch (error) {
      return failure(error, io);
    }
  },
};
