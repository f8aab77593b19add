import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { MAX_CONFIGURATION, readRegularText } from '@headgate/shared/process/regular-file';
import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { compile } from '../config/compile.ts';
import { readHaproxyCfg } from '../config/haproxy-cfg.ts';
import { fileText } from '../config/read.ts';
import { toYaml } from './to-yaml.ts';
import { usage } from './usage.ts';

const USAGE = 'import haproxy.cfg > router.yaml';
const SUMMARY = 'print a haproxy.cfg as YAML, with a comment where a line is obsolete or not supported yet';

/**
 * `headgate-router import haproxy.cfg`: prints the same configuration as YAML. What is obsolete or not supported yet is told on standard
 * error and as a comment above its line. Environment variables are written as their values of now.
 */
export const importHaproxy: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const parsed = usage.parse({ args: [...args], options: {}, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const [file, ...more] = parsed.positionals;
    if (file === undefined || more.length > 0) return usage.wrong('one file is needed', USAGE, io);
    const text = readRegularText(file, MAX_CONFIGURATION);
    if (typeof text !== 'string') {
      io.err(`headgate-router: ${file} cannot be read: ${text?.unreadable}\n`);
      return 1;
    }
    const problems = new Problems();
    const raw = readHaproxyCfg(text, file, process.env, problems);
    const { snapshot, problems: all } = compile(raw, { readFile: fileText }, problems);
    for (const problem of all) io.err(`${formatProblem(problem)}\n`);
    if (raw.sections.length > 0) io.out(`# ${file}, as the router's own YAML.\n${toYaml(raw, all)}`);
    return snapshot === undefined ? 1 : 0;
  },
};
