/**
 * The folders of each package from the ground up. A folder imports from itself and from folders before it, types
 * included: `npm run check` refuses anything else. A file beside the folders counts as the folder named in `roots`.
 */
export interface Layers {
  readonly source: string;
  readonly folders: readonly string[];
}

export const layers: readonly Layers[] = [
  {
    source: 'packages/shared/src',
    folders: ['text', 'time', 'config', 'net', 'proxy-protocol', 'regex', 'log', 'process'],
  },
  {
    source: 'packages/tls-terminator/src',
    folders: ['model', 'certificate', 'config', 'service', 'run', 'api', 'commands', '.'],
  },
  {
    source: 'packages/router/src',
    folders: [
      'model',
      'http',
      'auth',
      'sample',
      'acl',
      'tables',
      'stats',
      'backend',
      'connect',
      'checks',
      'rules',
      'config',
      'log',
      'exchange',
      'engine',
      'engine/wire',
      'engine/http-proxy',
      'run',
      'admin',
      'api',
      'explain',
      'commands',
      '.',
    ],
  },
];
