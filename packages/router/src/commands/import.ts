import { readFileSync } from 'node:fs';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { whyUnreadable } from '@headgate/shared/config/unreadable';
import type { Command } from '@headgate/shared/process/product';
import { compile } from '../config/compile.ts';
import { readHaproxyCfg } from '../config/haproxy-cfg.ts';
import { fileText } from '../config/read.ts';
import { toYaml } from './to-yaml.ts';

const USAGE = 'usage: router import haproxy.cfg > router.yaml\n';

/**
 * `router import haproxy.cfg`: prints the same configuration as YAML. What is obsolete or not supported yet is told on standard
 * error and as a comment above its line. Environment variables are written as their values of now.
 */
export const importHaproxy: Command = {
  summary: 'print a haproxy.cfg as YAML, with a comment where a line is obsolete or not supported yet',
  async run(args, io) {
    const [file, ...more] = args;
    if (args.some((arg) => arg === '--help' || arg === '-h')) {
      io.out(USAGE);
      return 0;
    }
    if (file === undefined || more.length > 0 || file.startsWith('-')) {
      io.err(`router: ${file?.startsWith('-') === true ? `unknown option '${file}'` : 'one file is needed'}\n${USAGE}`);
      return 2;
    }
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      io.err(`router: ${file} cannot be read: ${whyUnreadable(error)}\n`);
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
