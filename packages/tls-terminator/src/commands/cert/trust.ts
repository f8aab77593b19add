import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command, CommandIo } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { nearest } from '@headgate/shared/config/suggest';
import { authorityDirectory } from '../../certificate/authority-directory.ts';
import { changeStore, STORES, type StoreName } from '../../certificate/trust-stores.ts';
import { usage } from '../usage.ts';

const OPTIONS = `[--store ${STORES.join('|')}]... [--authority DIRECTORY]`;

export const trust = command('trust', 'let this machine trust the development authority');
export const untrust = command('untrust', 'take that back');

function command(name: 'trust' | 'untrust', summary: string): Command {
  const line = `cert ${name} ${OPTIONS}`;
  const help = `${summary}
  --store NAME          one of ${STORES.join(', ')}; may be repeated (all)
  --authority DIRECTORY where 'cert dev' keeps it (${authorityDirectory()})
The system's store needs root; chromium and firefox need certutil (libnss3-tools, nss-tools).`;
  return {
    summary,
    async run(args, io) {
      if (usage.helped(args, line, help, io)) return 0;
      const options = {
        store: { type: 'string', multiple: true },
        authority: { type: 'string', default: authorityDirectory() },
        // For tests: what stands for the home directory, and for /.
        home: { type: 'string', default: homedir() },
        root: { type: 'string', default: '/' },
      } as const;
      const parsed = usage.parse({ args: [...args], options, allowPositionals: false }, line, io);
      if (parsed === undefined) return WRONG_USAGE;
      const { store: wanted = STORES, authority, home, root } = parsed.values;
      const store = wanted.flatMap((word) => word.split(','));
      const wrong = store.find((word) => !isStore(word));
      if (wrong !== undefined) return unknown(wrong, line, io);
      const caFile = join(authority, 'ca.pem');
      if (name === 'trust' && !existsSync(caFile)) {
        io.err(`headgate-terminator: there is no authority yet in ${authority}: 'cert dev' makes it\n`);
        return 1;
      }
      let failed = false;
      for (const each of store.filter(isStore)) {
        try {
          const done = await changeStore(each, name === 'trust' ? caFile : undefined, { home, root });
          const nothing = name === 'trust' ? 'there is no such store here' : 'it is not there';
          io.out(`${each}: ${done.length === 0 ? nothing : done.join('; ')}\n`);
        } catch (error) {
          failed = true;
          io.err(`headgate-terminator: ${each}: ${reasonOf(error)}\n`);
        }
      }
      return failed ? 1 : 0;
    },
  };
}

function isStore(word: string): word is StoreName {
  return STORES.some((store) => store === word);
}

function unknown(word: string, line: string, io: CommandIo): number {
  const near = nearest(word, STORES);
  return usage.wrong(`there is no store '${word}'${near === undefined ? '' : `; did you mean '${near}'?`}`, line, io);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' && error.message.includes('certutil'))
    return 'certutil is missing: install libnss3-tools (Debian) or nss-tools (Fedora)';
  if (code === 'EACCES' || code === 'EPERM') return `${error.message}; run it as root`;
  return error.message;
}
