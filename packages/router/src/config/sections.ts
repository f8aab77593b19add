/** The sections that a directive of proxies may appear in. */
export const EVERYWHERE = ['defaults', 'frontend', 'listen', 'backend'] as const;
export const FRONT = ['defaults', 'frontend', 'listen'] as const;
export const BACK = ['defaults', 'listen', 'backend'] as const;
/** What belongs to one proxy. Rules are inherited from `defaults` with a name only (defaults-rules.ts). */
export const PROXIES = ['frontend', 'listen', 'backend'] as const;
export const FRONTENDS = ['frontend', 'listen'] as const;
export const BACKENDS = ['listen', 'backend'] as const;
