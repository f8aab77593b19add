import { performance } from 'node:perf_hooks';
import { ControlSocket } from '@headgate/shared/admin/control-socket';
import type { Logger } from '@headgate/shared/log/logger';
import type { Reloadable, Reloaded } from '@headgate/shared/process/product';
import { exitCodeOf, explainFailure } from '@headgate/shared/process/start-failure';
import type { Control, ControlBind } from '../model/control.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { RouterRuntime } from '../run/runtime.ts';
import type { Desk } from './desk.ts';
import { PatternStore } from './pattern-store.ts';
import { runLine } from './run-line.ts';

/** How often, and how many times, an address in use is tried again. Milliseconds. */
const [RETRY, RETRIES] = [100, 100];

export interface ControlledParts {
  readonly logger: Pick<Logger, 'log'>;
  readonly version: string;
  readonly reload: (why: string) => Promise<Reloaded>;
  readonly replace: (key: string, text: string) => Promise<Reloaded>;
  readonly upgrade: () => Promise<string | undefined>;
}

/** The running router with its control sockets, which follow the configuration too. */
export class ControlledRouter implements Reloadable<Snapshot> {
  readonly #router: RouterRuntime;
  readonly #logger: Pick<Logger, 'log'>;
  readonly #lists: PatternStore;
  readonly #desk: Desk;
  #snapshot: Snapshot | undefined;
  #sockets = new Map<string, ControlSocket>();
  #retry: NodeJS.Timeout | undefined;

  constructor(router: RouterRuntime, { logger, version, reload, replace, upgrade }: ControlledParts) {
    this.#router = router;
    this.#logger = logger;
    this.#lists = new PatternStore(replace);
    this.#desk = {
      router,
      version,
      sockets: () => [...this.#sockets.values()],
      snapshot: () => this.#snapshot,
      reload,
      lists: this.#lists,
      upgrade,
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
    clearTimeout(this.#retry);
    await this.#follow(snapshot.control, RETRIES);
  }

  drain(within?: number): Promise<void> {
    // A successor is waiting for their paths.
    clearTimeout(this.#retry);
    for (const socket of this.#sockets.values()) socket.stop();
    return this.#router.drain(within);
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    await this.#router.close();
  }

  /**
   * A control socket that cannot be bound is no reason not to serve: the log says so. One that is in use may be that of the
   * process which this one takes over from: it is tried again.
   */
  async #follow(control: Control, retries: number): Promise<void> {
    const { binds, timeout, maxconn } = control;
    let busy = false;
    const before = this.#sockets;
    this.#sockets = new Map();
    for (const bind of binds) {
      const key = JSON.stringify(bind.address);
      const socket =
        before.get(key) ??
        new ControlSocket(bind, { timeout, maxconn }, (line, session, payload) =>
          runLine(line, this.#desk, session, payload),
        );
      if (!before.delete(key)) {
        const error = await socket.listen().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        busy ||= retries > 0 && exitCodeOf(error) === 75;
        if (error !== undefined && !busy) this.#report(error, socket, bind);
        if (error !== undefined) continue;
      }
      socket.follow(bind, { timeout, maxconn });
      this.#sockets.set(key, socket);
    }
    for (const socket of before.values()) socket.close();
    if (busy) this.#retry = setTimeout(() => void this.#follow(control, retries - 1), RETRY).unref();
  }

  #report(error: unknown, socket: ControlSocket, { at }: ControlBind): void {
    const why = explainFailure(error);
    this.#logger.log('err', `${at.file}:${at.line}:${at.column}: no control socket at ${socket.name}: ${why}`);
  }
}
