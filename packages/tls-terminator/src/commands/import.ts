import { Problems, formatProblem } from '@headgate/shared/config/problem';
import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { Reads } from '@headgate/shared/process/reads';
import { ConfigReader } from '../config/read-files.ts';
import { RawBuilder } from '../config/raw-config.ts';
import { toYaml } from './to-yaml.ts';
import { usage } from './usage.ts';
import { SUMMARIES } from './summaries.ts';

const USAGE = 'import stunnel.conf';
const SUMMARY = SUMMARIES.import;

export const importStunnel: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const parsed = usage.parse({ args: [...args], options: {}, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const [file, ...more] = parsed.positionals;
    if (file === undefined || more.length > 0) return usage.wrong('one file is needed', USAGE, io);
    const problems = new Problems();
    const builder = new RawBuilder({ file, line: 1, column: 1 });
    await new ConfigReader(builder, problems, new Reads()).read(file);
    for (const problem of problems.list) io.err(`${formatProblem(problem)}\n`);
    if (problems.hasErrors) return 1;
    const { text, incomplete } = toYaml(file, builder.build());
    io.out(text);
    if (incomplete)
      io.err(`headgate-terminator: ${file} has options that are not supported: see the comments in the result\n`);
    return incomplete ? 1 : 0;
  },
};
