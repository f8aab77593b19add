import type { Logger } from '../log/logger.ts';
import type { Position } from '../config/raw.ts';
import { exitCodeOf, explainFailure } from '../process/start-failure.ts';
import type { ControlLimits, ControlPlace } from './control-place.ts';
import { ControlSocket } from './control-socket.ts';
import type { Answer } from './conversation.ts';

/** How often, and how many times, an address in use is tried again. Milliseconds. */
const [RETRY, RETRIES] = [100, 100];

/** A control socket of a configuration. */
export interface ControlBind extends ControlPlace {
  readonly at: Position;
}

/** The control sockets of a configuration. */
export interface Control extends ControlLimits {
  readonly binds: readonly ControlBind[];
}

/** The control sockets of a program, as configurations come and go. */
export class ControlSockets {
  readonly #answer: Answer;
  readonly #logger: Pick<Logger, 'log'>;
  #sockets = new Map<string, ControlSocket>();
  #retry: NodeJS.Timeout | undefined;

  constructor(answer: Answer, logger: Pick<Logger, 'log'>) {
    this.#answer = answer;
    this.#logger = logger;
  }

  /** Those that listen. */
  get list(): readonly ControlSocket[] {
    return [...this.#sockets.values()];
  }

  /**
   * These from now on. A control socket that cannot be bound is no reason not to serve: the log says so. One that is in use may be that of the
   * process which this one takes over from: it is tried again.
   */
  async follow(control: Control): Promise<void> {
    clearTimeout(this.#retry);
    await this.#follow(control, RETRIES);
  }

  /** Accept no more; open connections go on. A successor is waiting for their paths. */
  stop(): void {
    clearTimeout(this.#retry);
    for (const socket of this.#sockets.values()) socket.stop();
  }

  close(): void {
    clearTimeout(this.#retry);
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  async #follow(control: Control, retries: number): Promise<void> {
    const { binds, timeout, maxconn } = control;
    let busy = false;
    const before = this.#sockets;
    this.#sockets = new Map();
    for (const bind of binds) {
      const key = JSON.stringify(bind.address);
      const socket = before.get(key) ?? new ControlSocket(bind, { timeout, maxconn }, this.#answer);
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
