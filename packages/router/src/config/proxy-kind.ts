/** The sections that describe proxies. */
export type ProxyKind = 'defaults' | 'frontend' | 'listen' | 'backend';

/** Whether a section of this kind is a proxy itself. */
export function isProxy(kind: string): kind is Exclude<ProxyKind, 'defaults'> {
  return hasFrontend(kind) || hasBackend(kind);
}

export function hasFrontend(kind: string): boolean {
  return kind === 'frontend' || kind === 'listen';
}

export function hasBackend(kind: string): boolean {
  return kind === 'backend' || kind === 'listen';
}
