/** The sections that describe proxies. */
export type ProxyKind = 'defaults' | 'frontend' | 'listen' | 'backend';

export function hasFrontend(kind: ProxyKind): boolean {
  return kind === 'frontend' || kind === 'listen';
}

export function hasBackend(kind: ProxyKind): boolean {
  return kind === 'backend' || kind === 'listen';
}
