/** Milliseconds for which processes collect what they tell each other. */
export const PAUSE = 20;
/** While the others read slowly. */
const LONG_PAUSE = 200;

/** `taken`: whether the others kept up with what was sent last. */
export function pauseAfter(taken: boolean): number {
  return taken ? PAUSE : LONG_PAUSE;
}
