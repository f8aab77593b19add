import type { X509Certificate } from 'node:crypto';
import type { Logger } from '@headgate/shared/log/logger';
import { namesMissing } from '../certificate/describe.ts';
import { loadCertificate } from '../certificate/load.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import type { OpenChallenges } from './challenges.ts';
import type { AcmeClock } from './clock.ts';
import { issue } from './issue.ts';
import { AcmeError, HOPELESS } from './problem.ts';
import { backOff, lifetimeOf, renewalTime } from './renewal.ts';
import { suggestion } from './suggestion.ts';
import { settingsOf, type AcmeStore, type CertificateState } from './store.ts';
import type { Transports } from './transport.ts';
import type { Turns } from './turns.ts';

/** However far away the next step is: files and clocks are looked at again after so many milliseconds. */
const LONGEST_SLEEP = 3_600_000;
/** After a start, the wait that failures of an earlier run left behind ends within this: somebody may have put things right. */
const START_PATIENCE = 600_000;

/** No order follows a success sooner, whatever the clocks say: a wrong one must not use up what the authority allows. */
const LONGEST_PAUSE = 12 * 3_600_000;

export interface KeeperParts {
  readonly store: AcmeStore;
  readonly challenges: OpenChallenges;
  readonly clock: AcmeClock;
  readonly transports: Transports;
  /** 0 to 1. */
  readonly chance: () => number;
  readonly logger: Pick<Logger, 'log'>;
  /** Orders that are under way at one time. */
  readonly turns: Turns;
  /** The file of a certificate has other contents: serve them. */
  readonly renewed: (file: string) => Promise<unknown>;
}

/** What can be said of a certificate that is kept. */
export interface KeptStatus {
  readonly name: string;
  /** `issuing`: an order is under way. */
  readonly state: 'waiting' | 'issuing';
  /** When the next attempt is due, in milliseconds since 1970. */
  readonly next: number;
  readonly notAfter: number | undefined;
  readonly failures: number;
  readonly lastError: string | undefined;
}

/** Keeps one certificate: obtains it when there is none, renews it in time, and tries again when that fails. */
export class Keeper {
  readonly wanted: AcmeCertificate;
  readonly #parts: KeeperParts;
  readonly #end = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #wake = new AbortController();
  #status: KeptStatus;
  #forced = false;
  /** An attempt was made by this process. */
  #attempted = false;
  /** Until when a wait of an earlier run may last. */
  readonly #patience: number;

  constructor(wanted: AcmeCertificate, parts: KeeperParts) {
    this.wanted = wanted;
    this.#parts = parts;
    this.#patience = parts.clock.now() + START_PATIENCE;
    this.#status = {
      name: wanted.name,
      state: 'waiting',
      next: 0,
      notAfter: undefined,
      failures: 0,
      lastError: undefined,
    };
  }

  get status(): KeptStatus {
    return this.#status;
  }

  /** Never rejects. Resolves after `end`. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        // Its files cannot be written, or a defect of ours: neither may end what keeps certificates alive.
        this.#log('err', `${error instanceof Error ? error.message : String(error)}; trying again in an hour`);
        await this.#sleep(LONGEST_SLEEP);
      }
    }
  }

  /** An attempt now, whatever the time. */
  renew(): void {
    this.#forced = true;
    this.#wake.abort();
  }

  end(): void {
    this.#end.abort();
    this.#ended.resolve();
    this.#wake.abort();
  }

  async #step(): Promise<void> {
    const { store, clock } = this.#parts;
    const leaf = await this.#inUse();
    const state = await this.#planned(leaf, await store.state(this.wanted));
    const due = this.#due(leaf, state);
    this.#status = {
      ...this.#status,
      state: 'waiting',
      next: due,
      notAfter: leaf?.validToDate.getTime(),
      failures: state.failures ?? 0,
      lastError: state.lastError,
    };
    const left = Math.min(due, state.askAt ?? Number.POSITIVE_INFINITY) - clock.now();
    if (left > 0 && !this.#forced) return this.#sleep(Math.min(left, LONGEST_SLEEP));
    if (due > clock.now() && !this.#forced) return;
    this.#forced = false;
    await this.#parts.turns.take(() => this.#obtain(leaf, state), this.#end.signal);
  }

  /** The certificate that is served; undefined when it is none, or not for all of the names. */
  async #inUse(): Promise<X509Certificate | undefined> {
    const now = new Date(this.#parts.clock.now());
    const { bundle } = await loadCertificate({ cert: this.wanted.file }, now);
    return bundle?.leaf;
  }

  /** With the time of the renewal chosen, and written down: a restart must not move it. */
  async #planned(leaf: X509Certificate | undefined, before: CertificateState): Promise<CertificateState> {
    const { store, clock, chance } = this.#parts;
    // Without one the authority has nothing to suggest.
    if (leaf === undefined || !this.#fits(leaf, before)) return { ...before, askAt: undefined };
    let state = before;
    if (state.fingerprint !== leaf.fingerprint256 || state.renewAt === undefined) {
      const renewAt = renewalTime(lifetimeOf(leaf), this.wanted.renewAfter, chance());
      state = { ...state, fingerprint: leaf.fingerprint256, renewAt, window: undefined, askAt: clock.now() };
    }
    if (state.askAt === undefined || state.askAt <= clock.now()) {
      const found = await suggestion(this.wanted, leaf, state, { ...this.#parts, signal: this.#end.signal });
      if (found.note !== undefined) this.#log('info', found.note);
      state = { ...state, ...found.state };
    }
    if (state !== before) await store.keepState(this.wanted, state);
    return state;
  }

  /** It is what the configuration asks for. */
  #fits(leaf: X509Certificate, { directory, profile }: CertificateState): boolean {
    return (
      namesMissing(leaf, this.wanted.names).length === 0 &&
      directory === this.wanted.directory &&
      profile === this.wanted.profile
    );
  }

  #due(leaf: X509Certificate | undefined, state: CertificateState): number {
    const first = leaf !== undefined && this.#fits(leaf, state) ? (state.renewAt ?? 0) : 0;
    if (state.retryAt === undefined || state.settings !== settingsOf(this.wanted)) return first;
    return Math.max(first, Math.min(state.retryAt, this.#attempted ? Number.POSITIVE_INFINITY : this.#patience));
  }

  async #obtain(leaf: X509Certificate | undefined, state: CertificateState): Promise<void> {
    const { store, clock, renewed } = this.#parts;
    this.#attempted = true;
    this.#status = { ...this.#status, state: 'issuing' };
    const before = leaf !== undefined && this.#fits(leaf, state) ? leaf : undefined;
    try {
      const { pem, bundle } = await issue(this.wanted, before, { ...this.#parts, signal: this.#end.signal });
      const { directory, profile } = this.wanted;
      // The state first: a certificate whose origin is not known would be ordered again.
      const lifetime = lifetimeOf(bundle.leaf);
      const pause = Math.min(LONGEST_PAUSE, (lifetime.until - lifetime.from) / 20);
      const retryAt = clock.now() + pause;
      await store.keepState(this.wanted, { directory, profile, settings: settingsOf(this.wanted), retryAt });
      await store.keepCertificate(this.wanted, pem);
      const until = bundle.leaf.validToDate.toISOString();
      this.#log('notice', `${leaf === undefined ? 'obtained' : 'renewed'}, valid until ${until}`);
    } catch (error) {
      if (this.#end.signal.aborted) throw error;
      return this.#failed(error, leaf, state, clock.now());
    }
    // The end must not wait for it: a start that fails ends this first, and applies nothing after.
    await Promise.race([renewed(this.wanted.file), this.#ended.promise]);
  }

  async #failed(
    error: unknown,
    leaf: X509Certificate | undefined,
    state: CertificateState,
    now: number,
  ): Promise<void> {
    const { store, chance } = this.#parts;
    const known =
      error instanceof AcmeError ? error : new AcmeError(error instanceof Error ? error.message : String(error));
    const settings = settingsOf(this.wanted);
    const failures = (state.settings === settings ? (state.failures ?? 0) : 0) + 1;
    const hopeless = HOPELESS.has(known.type);
    const wait = backOff(failures, { hopeless, retryAfter: known.retryAfter, chance: chance() });
    const retryAt = now + wait;
    const rest =
      leaf === undefined ? 'there is none yet' : `the present one is valid until ${leaf.validToDate.toISOString()}`;
    this.#log(
      'err',
      `${leaf === undefined ? 'not obtained' : 'not renewed'}: ${known.message}; ${rest}; next attempt ${new Date(retryAt).toISOString()}`,
    );
    await store.keepState(this.wanted, { ...state, settings, failures, retryAt, lastError: known.message });
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#wake.signal.aborted && !this.#end.signal.aborted) this.#wake = new AbortController();
    try {
      await this.#parts.clock.wait(milliseconds, AbortSignal.any([this.#end.signal, this.#wake.signal]));
    } catch (error) {
      if (!this.#wake.signal.aborted) throw error;
    }
  }

  #log(severity: 'err' | 'notice' | 'info', text: string): void {
    this.#parts.logger.log(severity, `ACME certificate for ${this.wanted.name}: ${text}`);
  }
}
