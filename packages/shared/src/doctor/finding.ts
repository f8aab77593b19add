import type { Position } from '../config/raw.ts';

/** `ok`: looked at, and right. `notice`: worth knowing. `warning`: works today and will not always. `error`: does not work. */
export type Grade = 'ok' | 'notice' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  readonly grade: Grade;
  /** What was looked at: `server apps/web1`, `service https`. */
  readonly subject: string;
  readonly text: string;
  /** What to do. Every warning and error has one. */
  readonly advice?: string | undefined;
  readonly at?: Position | undefined;
}

/** Findings about one subject. */
export class Findings {
  readonly list: Finding[] = [];

  ok(subject: string, text: string, at?: Position): void {
    this.list.push({ grade: 'ok', subject, text, at });
  }

  add(grade: Exclude<Grade, 'ok'>, subject: string, text: string, advice: string, at?: Position): void {
    this.list.push({ grade, subject, text, advice, at });
  }
}
