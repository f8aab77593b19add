import type { Command, CommandIo } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { explainCommand } from '../explain/command.ts';
import { ctl } from './ctl.ts';

/** `headgate-router explain`: of a request that is written down, or of one that the running router has. */
export const explain: Command = {
  summary: explainCommand.summary,
  run(args, io) {
    const live = args.indexOf('--live');
    return live < 0 ? explainCommand.run(args, io) : explainLive(args.toSpliced(live, 2), args[live + 1], io);
  },
};

/** `--live ID`: the running router explains a session that it has. */
async function explainLive(args: readonly string[], id: string | undefined, io: CommandIo): Promise<number> {
  if (id === undefined) {
    io.err("headgate-router explain: --live needs the id of a session, as 'ctl show sess' prints it\n");
    return WRONG_USAGE;
  }
  const format = args.indexOf('--format');
  const json = args.includes('--json') || (format >= 0 && args[format + 1] === 'json');
  const rest = (format >= 0 ? args.toSpliced(format, 2) : args).filter((arg) => arg !== '--json');
  return ctl.run([...rest, 'explain', id, ...(json ? ['json'] : [])], io);
}
