import { ControlSockets } from '@headgate/shared/admin/control-sockets';
import type { Logger } from '@headgate/shared/log/logger';
import type { Reloadable, Reloaded, StartContext } from '@headgate/shared/process/product';
import type { Snapshot } from '../model/snapshot.ts';
import type { TerminatorRuntime } from '../run/terminator-runtime.ts';
import { CertificateStore, type Replace } from './certificate-store.ts';
import type { Desk } from './desk.ts';
import { runCommand } from './run-command.ts';
import { TrustStore } from './trust-store.ts';

export interface ControlledParts extends Pick<StartContext, 'reload' | 'replace' | 'upgrade' | 'processes'> {
  readonly logger: Pick<Logger, 'log'>;
  readonly version: string;
}

/** The running terminator with its control sockets, which follow the configuration too. */
export class ControlledTerminator implements Reloadable<Snapshot> {
  readonly #terminator: TerminatorRuntime;
  readonly #sockets: ControlSockets;
  readonly #desk: Desk;
  #snapshot: Snapshot | undefined;

  constructor(
    terminator: TerminatorRuntime,
    { logger, version, reload, replace, upgrade, processes }: ControlledParts,
  ) {
    this.#terminator = terminator;
    this.#sockets = new ControlSockets(
      (words, session, payload) => runCommand(words, this.#desk, session, payload),
      logger,
    );
    const replacing: Replace = async (file, text) => {
      const result = await replace(file, text);
      const what = result.applied ? 'was replaced' : 'was not replaced';
      logger.log(result.applied ? 'notice' : 'err', `${file} ${what} over the control socket: ${listed(result)}`);
      return result;
    };
    this.#desk = {
      version,
      snapshot: () => this.#snapshot,
      sockets: () => this.#sockets.list,
      replace: replacing,
      keepers: terminator.keepers,
      staples: terminator.staples,
      certificates: new CertificateStore(replacing),
      trust: new TrustStore(replacing),
      info: () => ({ Name: 'headgate-terminator', Version: version, ...terminator.info }),
      reload,
      upgrade,
      processes,
    };
  }

  get addresses(): readonly string[] {
    return this.#terminator.addresses;
  }

  async apply(snapshot: Snapshot, renewed = false): Promise<void> {
    await this.#terminator.apply(snapshot);
    this.#snapshot = snapshot;
    this.#desk.certificates.follow(snapshot, renewed);
    this.#desk.trust.follow(snapshot);
    await this.#sockets.follow(snapshot.control);
  }

  handOn(): unknown {
    return this.#terminator.handOn();
  }

  takeOver(handed: unknown): void {
    this.#terminator.takeOver(handed);
  }

  drain(within?: number, handedOver?: boolean, begun?: () => void): Promise<void> {
    this.#sockets.stop();
    return this.#terminator.drain(within, handedOver, begun);
  }

  async close(): Promise<void> {
    this.#sockets.close();
    await this.#terminator.close();
  }
}

function listed(result: Reloaded): string {
  if (!result.applied) return result.reasons.join('; ');
  return result.changes.length === 0 ? 'nothing that is served now has changed' : result.changes.join('; ');
}
