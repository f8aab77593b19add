/** The words of `global` that change environment variables (configuration manual §3.1), for the lines after them. */
import type { Statement } from '@headgate/shared/config/raw';
import type { Variables } from '@headgate/shared/config/variables';

export const ENVIRONMENT: readonly string[] = ['presetenv', 'resetenv', 'setenv', 'unsetenv'];

/** Carries out a statement when it is one of those words. What is wrong with it is reported by its directive. */
export function applyEnvironment({ words }: Statement, variables: Variables): void {
  const [keyword, name, value] = words.map(({ text }) => text);
  const names = words.slice(1).map(({ text }) => text);
  if (keyword === 'unsetenv') for (const one of names) variables.unset(one);
  else if (keyword === 'resetenv') variables.keepOnly(names);
  else if (name === undefined || value === undefined) return;
  else if (keyword === 'setenv') variables.set(name, value);
  else if (keyword === 'presetenv' && variables.get(name) === undefined) variables.set(name, value);
}
