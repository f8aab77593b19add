/** The sections that a directive of proxies may appear in. */
export const EVERYWHERE = ['defaults', 'frontend', 'listen', 'backend'] as const;
export const FRONT = ['defaults', 'frontend', 'listen'] as const;
export const BACK = ['defaults', 'listen', 'backend'] as const;
/** Rules are not inherited: they belong to one proxy. */
export const PROXIES = ['frontend', 'listen', 'backend'] as const;
export const FRONTENDS = ['frontend', 'listen'] as const;
export const BACKENDS = ['listen', 'backend'] as const;
