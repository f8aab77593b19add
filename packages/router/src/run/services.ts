import { randomBytes } from 'node:crypto';
import type { Answer } from '../model/answer.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Service } from '../model/service.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Tokens, type Operator } from '../stats/admin.ts';
import { answerStats, type Asked } from '../stats/answer.ts';
import { Events } from '../stats/events.ts';
import { History } from '../stats/history.ts';
import { exporterAnswer } from '../stats/prometheus/exporter.ts';
import type { StatsView } from '../stats/view.ts';
import { mayChange } from './page-request.ts';
import type { Pulse } from './pulse.ts';
import type { TerminatorWatch } from './terminator-watch.ts';

const SECOND = 1000;

/** What the services need of the running router. */
export interface Served {
  readonly stats: StatsView | undefined;
  readonly operator: Operator;
  readonly pulse: Pulse;
  readonly terminator: Pick<TerminatorWatch, 'start' | 'stop'>;
}

/** The pages of the router itself. Samples are taken, and events kept, only while the configuration has a statistics page. */
export class Services {
  readonly #served: Served;
  readonly #tokens = new Tokens(randomBytes(32));
  readonly #events = new Events();
  #history = new History();
  #timer: NodeJS.Timeout | undefined;

  constructor(served: Served) {
    this.#served = served;
  }

  /** Starts or stops sampling. */
  follow({ frontends, backends }: Snapshot): void {
    if ([...frontends, ...backends.values()].some(({ statsRules }) => statsRules.length > 0)) this.#start();
    else this.stop();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#history = new History();
    this.#served.pulse.start();
    this.#served.terminator.start();
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SECOND).unref();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#served.pulse.stop();
    this.#served.terminator.stop();
  }

  /** Keeps what an operator should see. */
  note(severity: 'error' | 'warning' | 'notice', where: string, text: string): void {
    if (this.#timer !== undefined) this.#events.add(severity, where, text);
  }

  answer(service: Service, on: Evaluation, body: Buffer | undefined): Answer {
    return this.answerAsked(service, { request: on.request, mayChange: mayChange(service, on) }, body);
  }

  answerAsked(service: Service, asked: Asked, body: Buffer | undefined): Answer {
    const { stats: view, operator } = this.#served;
    // Requests come only while there is a configuration.
    if (view === undefined) throw new Error('no configuration yet');
    // The first scrape begins what only metrics need.
    this.#start();
    if (service.kind !== 'stats') return exporterAnswer(view, asked.request.target);
    return answerStats(service.page, asked, body, {
      view,
      operator,
      history: this.#history,
      events: this.#events,
      tokens: this.#tokens,
      now: Date.now(),
    });
  }

  #sample(): void {
    const { stats, pulse } = this.#served;
    if (stats === undefined) return;
    pulse.second(stats.process.counters.bytesOut);
    this.#history.sample(stats, Math.floor(Date.now() / SECOND));
  }
}
