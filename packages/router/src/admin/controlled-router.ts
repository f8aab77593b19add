import { performance } from 'node:perf_hooks';
import { ControlSocket } from '@headgate/shared/admin/control-socket';
import type { Logger } from '@headgate/shared/log/logger';
import type { Reloadable, Reloaded } from '@headgate/shared/process/product';
import { explainFailure } from '@headgate/shared/process/start-failure';
import type { Control, ControlBind } from '../model/control.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { RouterRuntime } from '../run/runtime.ts';
import type { Desk } from './desk.ts';
import { runLine } from './run-line.ts';

export interface ControlledParts {
  readonly logger: Pick<Logger, 'log'>;
  readonly version: string;
  readonly reload: (why: string) => Promise<Reloaded>;
}

/** The running router with its control sockets, which follow the configuration too. */
export class ControlledRouter implements Reloadable<Snapshot> {
  readonly #router: RouterRuntime;
  readonly #logger: Pick<Logger, 'log'>;
  readonly #desk: Desk;
  #sockets = new Map<string, ControlSocket>();

  constructor(router: RouterRuntime, { logger, version, reload }: ControlledParts) {
    this.#router = router;
    this.#logger = logger;
    this.#desk = {
      router,
      version,
      sockets: () => [...this.#sockets.values()],
      reload,
      environment: process.env,
      now: () => performance.now(),
    };
  }

  get addresses(): readonly string[] {
    return this.#router.addresses;
  }

  async apply(snapshot: Snapshot): Promise<void> {
    await this.#router.apply(snapshot);
    await this.#follow(snapshot.control);
  }

  drain(within?: number): Promise<void> {
    return this.#router.drain(within);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    await this.#router.close();
  }

  /** A control socket that cannot be bound is no reason not to serve: the log says so. */
  async #follow({ binds, timeout, maxconn }: Control): Promise<void> {
    const before = this.#sockets;
    this.#sockets = new Map();
    for (const bind of binds) {
      const key = JSON.stringify(bind.address);
      const socket =
        before.get(key) ??
        new ControlSocket(bind, { timeout, maxconn }, (line, session) => runLine(line, this.#desk, session));
      if (!before.delete(key) && !(await this.#bound(socket, bind))) continue;
      socket.follow(bind, { timeout, maxconn });
      this.#sockets.set(key, socket);
    }
    for (const socket of before.values()) socket.close();
  }

  async #bound(socket: ControlSocket, { at }: ControlBind): Promise<boolean> {
    try {
      await socket.listen();
      return true;
    } catch (error) {
      const why = explainFailure(error);
      this.#logger.log('err', `${at.file}:${at.line}:${at.column}: no control socket at ${socket.name}: ${why}`);
      return false;
    }
  }
}
