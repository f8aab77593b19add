import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { makeBundle } from '../../certificate/bundle.ts';
import { readSmallFile } from '../../certificate/read.ts';
import { usage } from '../usage.ts';
import { deliver, failure } from './report.ts';

const USAGE = 'cert bundle --out FILE [--pass-file FILE] FILE...';
const SUMMARY = 'key, certificate and chain, in any order, as one checked file';

export const bundle: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const options = { out: { type: 'string' }, 'pass-file': { type: 'string' } } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const { out, 'pass-file': passFile } = parsed.values;
    if (out === undefined || parsed.positionals.length === 0)
      return usage.wrong('--out and at least one file are needed', USAGE, io);
    try {
      const texts: string[] = [];
      for (const file of parsed.positionals) texts.push(await readText(file));
      const passphrase = passFile === undefined ? undefined : (await readText(passFile)).split(/\r?\n/, 1)[0];
      // A newline between the files is what a plain `cat` may lack.
      const cert = { file: parsed.positionals.join(' + '), text: texts.join('\n') };
      return await deliver(out, makeBundle({ cert, passphrase, now: new Date() }), io);
    } catch (error) {
      return failure(error, io);
    }
  },
};

async function readText(file: string): Promise<string> {
  const contents = await readSmallFile(file);
  if ('error' in contents) throw new Error(`${file} cannot be read: ${contents.error}`);
  return contents.data.toString('utf8');
}
