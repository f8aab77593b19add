import { performance } from 'node:perf_hooks';
import { ControlSockets } from '@headgate/shared/admin/control-sockets';
import type { Logger } from '@headgate/shared/log/logger';
import type { Reloadable, Reloaded, StartContext } from '@headgate/shared/process/product';
import type { Snapshot } from '../model/snapshot.ts';
import type { RouterRuntime } from '../run/runtime.ts';
import type { Desk } from './desk.ts';
import { PatternStore } from './pattern-store.ts';
import { runCommand } from './run-command.ts';

export interface ControlledParts {
  readonly logger: Pick<Logger, 'log'>;
  readonly version: string;
  readonly reload: (why: string) => Promise<Reloaded>;
  readonly replace: (key: string, text: string) => Promise<Reloaded>;
  readonly upgrade: () => Promise<string | undefined>;
  readonly processes: StartContext['processes'];
}

/** The running router with its control sockets, which follow the configuration too. */
export class ControlledRouter implements Reloadable<Snapshot> {
  readonly #router: RouterRuntime;
  readonly #lists: PatternStore;
  readonly #desk: Desk;
  #snapshot: Snapshot | undefined;
  readonly #sockets: ControlSockets;

  constructor(router: RouterRuntime, { logger, version, reload, replace, upgrade, processes }: ControlledParts) {
    this.#router = router;
    this.#lists = new PatternStore(replace);
    this.#sockets = new ControlSockets(
      (words, session, payload) => runCommand(words, this.#desk, session, payload),
      logger,
    );
    this.#desk = {
      router,
      version,
      sockets: () => this.#sockets.list,
      snapshot: () => this.#snapshot,
      reload,
      lists: this.#lists,
      upgrade,
      processes,
      sharing: router.sharing,
      environment: process.env,
      now: () => performance.now(),
    };
  }

  get addresses(): readonly string[] {
    return this.#router.addresses;
  }

  async apply(snapshot: Snapshot, renewed?: boolean): Promise<void> {
    await this.#router.apply(snapshot, renewed);
    this.#snapshot = snapshot;
    this.#lists.follow(snapshot.lists ?? []);
    await this.#sockets.follow(snapshot.control);
  }

  handOn(starting: boolean): unknown {
    return this.#router.handOn(starting);
  }

  drain(within?: number, handedOver?: boolean): Promise<void> {
    this.#sockets.stop();
    return this.#router.drain(within, handedOver);
  }

  async close(): Promise<void> {
    this.#sockets.close();
    await this.#router.close();
  }
}
