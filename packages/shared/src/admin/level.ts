/** What a control socket allows (HAProxy's `level`): to look at what is not secret; to see and change states; everything. */
export const LEVELS = ['user', 'operator', 'admin'] as const;
export type Level = (typeof LEVELS)[number];

/** Whether `has` includes what `needs` allows. */
export function allows(has: Level, needs: Level): boolean {
  return LEVELS.indexOf(has) >= LEVELS.indexOf(needs);
}
