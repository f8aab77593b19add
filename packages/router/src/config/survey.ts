/** What is known of a configuration before its sections are compiled. */
import type { RawConfig, Statement } from '@headgate/shared/config/raw';
import type { ProxyNames } from '../sample/arguments.ts';
import { templateNames } from './server-template.ts';

/** It has a control socket. */
export function isControlled({ sections }: RawConfig): boolean {
  return sections.some(
    ({ kind, statements }) =>
      kind === 'global' && statements.some(({ words }) => words[0].text === 'stats' && words[1]?.text === 'socket'),
  );
}

/** The names of backends, servers and resolvers, before their sections are read: rules above may use them. */
export function namesIn({ sections }: RawConfig): Omit<ProxyNames, 'proxy'> {
  const backs = sections.filter(({ kind }) => kind === 'backend' || kind === 'listen');
  const resolvers = sections.filter(({ kind }) => kind === 'resolvers').map(({ name }) => name?.text ?? '');
  const caches = sections.filter(({ kind }) => kind === 'cache').map(({ name }) => name?.text ?? '');
  return {
    caches,
    resolvers: ['default', ...resolvers],
    backends: backs.map(({ name }) => name?.text ?? ''),
    servers: backs.flatMap(({ name, statements }) =>
      statements.flatMap(serverNames).map((server) => `${name?.text ?? ''}/${server}`),
    ),
  };
}

function serverNames({ words: [keyword, name, count] }: Statement): readonly string[] {
  if (name === undefined) return [];
  if (keyword.text === 'server-template') return templateNames(name.text, count?.text ?? '');
  return keyword.text === 'server' ? [name.text] : [];
}
