/**
 * The folders of each package from the ground up. A folder imports from itself and from folders before it, types
 * included: `npm run check` refuses anything else. A file beside the folders counts as the folder named in `roots`.
 */
export interface Layers {
  readonly source: string;
  readonly folders: readonly string[];
  /** What may import `node:net`, `node:tls` or `node:http` (isIP and its like aside): all other code has its sockets as links (shared/net/link.ts). */
  readonly sockets: readonly string[];
}

export const layers: readonly Layers[] = [
  {
    source: 'packages/shared/src',
    folders: [
      'time',
      'metrics',
      'config',
      'net',
      'proxy-protocol',
      'tls',
      'x509',
      'regex',
      'log',
      'process',
      'admin',
      'doctor',
    ],
    sockets: ['net/node', 'log', 'process', 'admin', 'doctor'],
  },
  {
    source: 'packages/tls-terminator/src',
    folders: ['model', 'certificate', 'acme', 'config', 'service', 'run', 'admin', 'api', 'commands', '.'],
    // Certificates and the options of TLS are Node's own; nothing of these opens a socket.
    sockets: ['model', 'certificate', 'config'],
  },
  {
    source: 'packages/router/src',
    folders: [
      'tables',
      'model',
      'http',
      'auth',
      'sample',
      'acl',
      'stats',
      'backend',
      'connect',
      'names',
      'checks',
      'rules',
      'config',
      'log',
      'exchange',
      'engine',
      'engine/wire',
      'engine/tcp',
      'engine/http-proxy',
      'run',
      'explain',
      'admin',
      'api',
      'commands',
      '.',
    ],
    // Built on Node's HTTP server and client, which have sockets of their own.
    sockets: ['engine/http-proxy'],
  },
  {
    source: 'packages/headgate/src',
    folders: ['model', 'tls', 'config', 'half', 'run', 'commands', '.'],
    sockets: [],
  },
];
