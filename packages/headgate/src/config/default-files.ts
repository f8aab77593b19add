import { DEFAULT_FILES as ROUTERS, FILE_ENDINGS as ROUTERS_ENDINGS } from '@headgate/router/half';

/** Files looked for when no `-f` is given, in order. */
export const DEFAULT_FILES: readonly string[] = [
  'headgate.yaml',
  '/etc/headgate/headgate.yaml',
  '/etc/headgate/haproxy.cfg',
  ...ROUTERS,
];

/** Endings of the files that a folder given with `-f` stands for. */
export const FILE_ENDINGS: readonly string[] = [...new Set([...ROUTERS_ENDINGS, '.conf'])];
