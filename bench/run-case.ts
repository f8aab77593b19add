import type { Case, NamedLoad, Row, Samples } from './measure/sample.ts';
import { startRow } from './running.ts';
import type { Running, Surroundings } from './running.ts';

export interface Settings extends Surroundings {
  /** Of load for each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly samples: Samples;
  /** Rows that were skipped, and why. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** Rounds of cases that restart contenders. */
const FRESH_ROUNDS = 3;

/**
 * Starts every contender of a case and measures them in turn, each once per round, each round starting
 * with a different one. A contender that fails is dropped with all its samples.
 */
export async function runCase(kase: Case, settings: Settings): Promise<Outcome> {
  const turns = new Turns(kase, settings);
  const rounds = kase.fresh === true ? Math.min(settings.rounds, FRESH_ROUNDS) : settings.rounds;
  try {
    if (kase.fresh !== true)
      for (const row of kase.rows) await turns.attempt(row, 'start', async () => void (await turns.running(row)));
    for (let round = 0; round < rounds; round += 1) {
      const first = round % kase.rows.length;
      // Load by load, so that compared measurements are seconds apart.
      for (const load of kase.loads)
        for (const row of [...kase.rows.slice(first), ...kase.rows.slice(0, first)])
          await turns.attempt(row, `round ${round + 1}`, () => turns.take(row, load));
      settings.say(`  round ${round + 1} of ${rounds}`);
    }
  } finally {
    await turns.stop();
  }
  return { samples: turns.samples, skipped: turns.skipped };
}

class Turns {
  readonly samples: Samples = {};
  readonly skipped: Record<string, string> = {};
  readonly #alive = new Map<Row, Running>();
  readonly #kase: Case;
  readonly #settings: Settings;

  constructor(kase: Case, settings: Settings) {
    this.#kase = kase;
    this.#settings = settings;
  }

  async running(row: Row): Promise<Running> {
    const found = this.#alive.get(row) ?? (await startRow(this.#kase, row, this.#settings));
    this.#alive.set(row, found);
    return found;
  }

  async take(row: Row, load: NamedLoad): Promise<void> {
    const { measure } = await this.running(row);
    const samples = (this.samples[row.name] ??= {});
    (samples[load.name] ??= []).push(await measure(load, this.#settings.seconds));
    if (this.#kase.fresh === true) await this.#end(row);
  }

  async attempt(row: Row, when: string, work: () => Promise<void>): Promise<void> {
    if (row.name in this.skipped) return;
    try {
      await work();
    } catch (error) {
      this.skipped[row.name] = `${when}: ${error instanceof Error ? error.message : String(error)}`;
      this.#settings.say(`  ${row.name}: skipped, ${this.skipped[row.name] ?? ''}`);
      delete this.samples[row.name];
      await this.#end(row);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#alive.values()].map((running) => running.stop()));
  }

  async #end(row: Row): Promise<void> {
    await this.#alive.get(row)?.stop();
    this.#alive.delete(row);
  }
}
