import { madeStatement } from '@headgate/shared/config/made-statement';
import type { RawConfig, Section } from '@headgate/shared/config/raw';
import { isProxy } from '../config/proxy-kind.ts';

/** `mode tcp` written where a haproxy.cfg means it without saying so: YAML means http. */
export function withModes({ sections }: RawConfig): RawConfig {
  const saysMode = ({ statements }: Section): boolean => statements.some(({ words }) => words[0].text === 'mode');
  const named = new Map<string, boolean>();
  let current = false;
  return {
    sections: sections.map((section) => {
      const { kind, name, rest, statements, at } = section;
      const from = rest.findIndex(({ text }) => text === 'from');
      const inherited = from < 0 ? kind !== 'defaults' && current : named.get(rest[from + 1]?.text ?? '') === true;
      const said = inherited || saysMode(section);
      if (kind === 'defaults') {
        current = said;
        if (name !== undefined) named.set(name.text, said);
      } else if (isProxy(kind) && !said) {
        return { ...section, statements: [madeStatement(at, 'mode', 'tcp'), ...statements] };
      }
      return section;
    }),
  };
}
