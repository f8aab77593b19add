/** What is known of a configuration before its sections are compiled. */
import type { RawConfig } from '@headgate/shared/config/raw';
import type { ProxyNames } from '../sample/arguments.ts';

/** It has a control socket. */
export function isControlled({ sections }: RawConfig): boolean {
  return sections.some(
    ({ kind, statements }) =>
      kind === 'global' && statements.some(({ words }) => words[0].text === 'stats' && words[1]?.text === 'socket'),
  );
}

/** The names of backends and servers, before their sections are read: rules above may use them. */
export function namesIn({ sections }: RawConfig): Omit<ProxyNames, 'proxy'> {
  const backs = sections.filter(({ kind }) => kind === 'backend' || kind === 'listen');
  return {
    backends: backs.map(({ name }) => name?.text ?? ''),
    servers: backs.flatMap(({ name, statements }) =>
      statements
        .filter(({ words }) => words[0].text === 'server')
        .map(({ words }) => `${name?.text ?? ''}/${words[1]?.text ?? ''}`),
    ),
  };
}
