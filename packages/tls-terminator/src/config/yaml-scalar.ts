import type { Word } from '@headgate/shared/config/raw';
import type { YamlScalar } from '@headgate/shared/config/yaml';

/** A YAML scalar as a value of an option: `true` and `false` are yes and no. */
export function scalarWord({ text, plain, at }: YamlScalar): Word {
  if (!plain) return { text, at, quoted: true };
  const lower = text.toLowerCase();
  if (lower === 'true') return { text: 'yes', at };
  return { text: lower === 'false' ? 'no' : text, at };
}
