/** The process of one half: it gets its orders from headgate, and serves as the program itself would. */
import { formatProblem } from '@headgate/shared/config/problem';
import { Destinations } from '@headgate/shared/log/destinations';
import { reopenLogFiles } from '@headgate/shared/log/file-sink';
import type { Logger } from '@headgate/shared/log/logger';
import { openProcessLog } from '@headgate/shared/log/process-log';
import { dropInherited, followPaths, heldSockets, inherit } from '@headgate/shared/net/node/inherited';
import { guardAgainstCrashes } from '@headgate/shared/process/crash';
import { exit, soon } from '@headgate/shared/process/exit';
import type { Product, Reloaded, StartContext } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { serve } from '@headgate/shared/process/serve';
import { exitCodeOf, explainFailure } from '@headgate/shared/process/start-failure';
import { setTitle } from '@headgate/shared/process/title';
import type { Assignment, HalfName, Order, Report } from '../model/messages.ts';
import { routerHalf, terminatorHalf } from './halves.ts';
import type { Assigned } from './halves.ts';

const NO_HANDOVER = 'a half of headgate hands over to no other process: send SIGPWR to headgate';

/** Waits for an assignment, serves it until headgate orders a stop or has ended, and ends the process. */
export async function runHalf(half: HalfName): Promise<never> {
  const inbox = new Inbox();
  const assigned: Assigned = { current: await inbox.first };
  await inbox.inherited;
  const code =
    half === 'router'
      ? await runProgram(half, routerHalf(assigned), assigned, inbox)
      : await runProgram(
          half,
          terminatorHalf(assigned, () => send({ kind: 'begun' })),
          assigned,
          inbox,
        );
  return exit(code);
}

async function runProgram<Snapshot>(
  half: HalfName,
  program: Product<Snapshot>,
  assigned: Assigned,
  inbox: Inbox,
): Promise<number> {
  const { files, log } = assigned.current;
  setTitle(program, files);
  try {
    const reads = new Reads();
    const { snapshot, problems } = await program.load(files, reads);
    if (snapshot === undefined) return failed(problems.map(formatProblem).join('\n'), 1);
    const level = log.quiet ? 'warning' : 'info';
    const settings = { ...program.settings(snapshot), daemon: false, pidFile: undefined };
    const form = { name: program.name, level, form: log.format, standardError: !log.background } as const;
    const destinations = new Destinations();
    const logger = named(
      half,
      openProcessLog({ ...form, targets: log.background ? (settings.log ?? []) : [] }, destinations),
    );
    const workLogger = log.background ? named(half, openProcessLog({ ...form, targets: [] }, destinations)) : logger;
    guardAgainstCrashes(logger);
    process.on('SIGUSR2', reopenLogFiles);
    const start: Product<Snapshot>['start'] = (compiled, context) => {
      inbox.reload = (assignment) => reloadTo(assignment, assigned, context);
      return program.start(compiled, { ...context, reload: (why) => inbox.ask(why) });
    };
    const code = await serve({
      product: { ...program, start },
      snapshot,
      reads,
      files: () => assigned.current.files,
      predecessor: undefined,
      handOver: () =>
        Promise.resolve(
          inbox.handedOver ? { kind: 'serving', text: 'to the process after it' } : { kind: 'died', text: NO_HANDOVER },
        ),
      settings,
      logger,
      workLogger,
      onServing: (addresses) => {
        dropInherited();
        send({ kind: 'serving', addresses });
        return Promise.resolve();
      },
      onStopping: () => {
        inbox.stopping ||= !inbox.handedOver;
        setTitle(program, files, 'draining');
      },
    });
    await soon(logger.flush());
    return code;
  } catch (error) {
    return failed(explainFailure(error), exitCodeOf(error));
  }
}

/** An assignment that cannot be applied leaves the one before it in effect. */
async function reloadTo(assignment: Assignment, assigned: Assigned, { reload }: StartContext): Promise<Reloaded> {
  const before = assigned.current;
  assigned.current = assignment;
  const result = await reload('an order of headgate');
  if (!result.applied) assigned.current = before;
  return result;
}

/** Three processes write to one log: the lines of the halves begin with their names. */
function named(half: HalfName, logger: Logger): Logger {
  return {
    log: (severity, message, fields) => logger.log(severity, `${half}: ${message}`, fields),
    flush: () => logger.flush(),
  };
}

function failed(text: string, code: number): number {
  send({ kind: 'failed', text, code });
  return code;
}

/** Sends the listening sockets, on which this process goes on accepting. */
function bequeath(): void {
  for (const { key, handle, index, movable } of heldSockets())
    if (movable) process.send?.({ kind: 'socket', key, index }, handle as never);
  send({ kind: 'bequeathed' });
}

function send(report: Report): void {
  if (process.connected) process.send?.(report);
}

/** The orders of headgate. A closed channel means that headgate has ended: so does this process. */
class Inbox {
  readonly first: Promise<Assignment>;
  /** The sockets of the process before it have come, if there is one. */
  readonly inherited: Promise<void>;
  reload: ((assignment: Assignment) => Promise<Reloaded>) | undefined;
  /** Another process has its addresses. */
  handedOver = false;
  /** A stop has begun, by a signal or an order. */
  stopping = false;
  readonly #asked = new Map<number, (result: Reloaded) => void>();
  #number = 0;

  constructor() {
    const first = Promise.withResolvers<Assignment>();
    const inherited = Promise.withResolvers<void>();
    this.first = first.promise;
    this.inherited = inherited.promise;
    process.on('message', (order: Order, handle: unknown) => {
      if (order.kind === 'serve') {
        first.resolve(order.assignment);
        if (!order.inherits) inherited.resolve();
      } else if (order.kind === 'socket') {
        if (typeof handle === 'object' && handle !== null) inherit(order.key, { index: order.index, handle });
      } else if (order.kind === 'inherited') inherited.resolve();
      else if (order.kind === 'bequeath') bequeath();
      else if (order.kind === 'handed-over') this.#handedOver();
      else if (order.kind === 'settled') followPaths('ours');
      else if (order.kind === 'reload') void this.#reload(order.number, order.assignment);
      else if (order.kind === 'answer') this.#answered(order.number, order.result);
      else if (order.kind === 'hurry') process.kill(process.pid, 'SIGTERM');
      else this.#stop(order.soft ? 'SIGUSR1' : 'SIGTERM');
    });
    process.once('disconnect', () => this.#stop('SIGTERM'));
  }

  /** Asks headgate to reload both halves. */
  ask(why: string): Promise<Reloaded> {
    const number = (this.#number += 1);
    return new Promise((resolve) => {
      this.#asked.set(number, resolve);
      send({ kind: 'ask', number, why });
    });
  }

  #answered(number: number, result: Reloaded): void {
    this.#asked.get(number)?.(result);
    this.#asked.delete(number);
  }

  async #reload(number: number, assignment: Assignment): Promise<void> {
    const result = (await this.reload?.(assignment)) ?? { applied: false, reasons: ['it is starting'] };
    send({ kind: 'reloaded', number, result });
  }

  #handedOver(): void {
    this.handedOver = true;
    if (!this.stopping) process.kill(process.pid, 'SIGPWR');
  }

  /** The process may have had the signal already: a terminal and systemd send it to every process of the group. */
  #stop(signal: 'SIGTERM' | 'SIGUSR1'): void {
    if (!this.stopping) process.kill(process.pid, signal);
    this.stopping = true;
  }
}
