/** PCRE's order of preference at one place of a sample: leftmost, greedy or not, first alternative first. */
import type { Automaton } from './automaton.ts';
import type { Instruction } from './program.ts';

/** Offsets of the match and its groups: start and end of each, -1 for a group that did not participate. */
export type Captured = readonly number[];

const LAST_ROUND = 0x3fff_fffe;

/** Chooses, among the ways of a program that are known to lead to a match, the one that PCRE takes. */
export class Preference {
  readonly #automaton: Automaton;
  readonly #program: readonly Instruction[];
  /**
   * Per instruction the last round in which it was looked at, one more when it was twice: within a round of a repeat that takes nothing,
   * once more leads out of the repeat. Looking more often at one place leads nowhere else.
   */
  readonly #seen: Int32Array;
  #round = 0;

  constructor(automaton: Automaton, program: readonly Instruction[]) {
    this.#automaton = automaton;
    this.#program = program;
    this.#seen = new Int32Array(program.length);
  }

  /** True when this instruction is the end of a match. */
  ends(instruction: number): boolean {
    return this.#program[instruction]?.op === 'match';
  }

  /**
   * The first instruction, in order of preference from `start`, that takes the next character and leads to a match, or the end of one.
   * `place`: the bit of the place, `leads`: the states that take what comes next there and lead to a match. Slots that are
   * passed on the way to it become `index`; nothing else depends on those.
   */
  next(start: number, place: number, leads: Int32Array, slots: number[], index: number): number | undefined {
    // Rounds are compared in 32 bits.
    if (this.#round === LAST_ROUND) this.#seen.fill((this.#round = 0));
    this.#round += 2;
    // Ways not taken yet. A slot to set back, when all ways after it failed, is noted as its number below zero, with its value.
    const open: number[] = [start];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next < 0) {
        slots[-next - 1] = open.pop() ?? -1;
        continue;
      }
      const instruction = this.#program[next];
      if (instruction === undefined) continue;
      const seen = this.#seen[next] ?? 0;
      if (seen >= this.#round) {
        // A round of a repeat that took nothing is its last, and counts (PCRE).
        if (instruction.op === 'split' && instruction.exit !== undefined) {
          open.push(instruction[instruction.exit]);
          continue;
        }
        if (seen > this.#round) continue;
      }
      this.#seen[next] = seen >= this.#round ? this.#round + 1 : this.#round;
      if (instruction.op === 'match') return next;
      if (instruction.op === 'take') {
        const bit = this.#automaton.bitOf[next] ?? 0;
        if ((((leads[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1) return next;
      } else if (instruction.op === 'split') open.push(instruction.second, instruction.first);
      else if (instruction.op === 'jump') open.push(instruction.to);
      else if (instruction.op === 'assert') {
        if ((instruction.mask & place) !== 0) open.push(next + 1);
      } else {
        open.push(slots[instruction.slot] ?? -1, -instruction.slot - 1, next + 1);
        slots[instruction.slot] = index;
      }
    }
    return undefined;
  }
}
