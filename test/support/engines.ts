import type { Statements } from './routing.ts';

/**
 * The router's data paths that every attack and conformance scenario runs against;
 * a frontend chooses with `engine NAME`.
 */
export const ENGINES = ['wire', 'http-proxy'] as const;
export type Engine = (typeof ENGINES)[number];

/** The frontend statements that choose the engine. */
export function engineStatements(engine: Engine): Statements {
  return [`engine ${engine}`];
}
