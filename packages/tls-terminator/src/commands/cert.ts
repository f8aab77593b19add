import type { Command } from '@headgate/shared/process/product';
import { nearest } from '@headgate/shared/config/suggest';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { bundle } from './cert/bundle.ts';
import { dev } from './cert/dev.ts';
import { fromPkcs12 } from './cert/from-pkcs12.ts';
import { inspect } from './cert/inspect.ts';
import { trust, untrust } from './cert/trust.ts';
import { SUMMARIES } from './summaries.ts';

const subcommands: Readonly<Record<string, Command>> = {
  dev,
  trust,
  untrust,
  bundle,
  inspect,
  'from-pkcs12': fromPkcs12,
};

export const cert: Command = {
  summary: SUMMARIES.cert,
  async run([name = '', ...rest], io) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand !== undefined) return subcommand.run(rest, io);
    const list = Object.entries(subcommands).map(([word, { summary }]) => `  ${word.padEnd(12)} ${summary}\n`);
    if (name === '--help' || name === '-h') {
      io.out(
        `usage: headgate-terminator cert COMMAND\n${list.join('')}headgate-terminator cert COMMAND --help tells what it takes\n`,
      );
      return 0;
    }
    const suggestion = nearest(name, Object.keys(subcommands));
    const hint = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`;
    io.err(
      `headgate-terminator: ${name === '' ? 'cert needs a command' : `there is no 'cert ${name}'`}${hint}\n${list.join('')}`,
    );
    return WRONG_USAGE;
  },
};
