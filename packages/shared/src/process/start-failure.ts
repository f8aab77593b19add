import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatProblem } from '../config/problem.ts';
import { addressText } from '../net/endpoint.ts';
import { CannotApply } from './cannot-apply.ts';

/** A start that failed for a reason the operator can fix. */
export class StartFailure extends Error {
  readonly code = 'START_FAILED';
  override readonly name = 'StartFailure';
  /** It may resolve by itself: another process is still stopping, an address does not exist yet. */
  readonly temporary: boolean;

  constructor(message: string, { temporary = false }: { readonly temporary?: boolean } = {}) {
    super(message);
    this.temporary = temporary;
  }
}

/** System errors that may resolve by themselves, as at boot, when addresses and name servers become available late. */
const TEMPORARY: ReadonlySet<string | undefined> = new Set([
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EAGAIN',
  'EAI_AGAIN',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'ENODEV',
  'ENOMEM',
  'ENOSPC',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

/**
 * The exit code for a start that failed: 75 (EX_TEMPFAIL of sysexits.h) when a retry may help, 1 when something must be
 * changed first, 70 (EX_SOFTWARE) for an unexpected error, that is, a bug.
 */
export function exitCodeOf(error: unknown): 1 | 70 | 75 {
  if (error instanceof StartFailure) return error.temporary ? 75 : 1;
  if (!(error instanceof Error)) return 70;
  const system: SystemError = error;
  if (system.code === undefined) return 70;
  return TEMPORARY.has(system.code) || lacksDirectory(system) ? 75 : 1;
}

/** Explains why a program did not start, and what to do. An unexpected error keeps its stack. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StartFailure) return error.message;
  if (error instanceof CannotApply) return error.problems.map(formatProblem).join('\n');
  const system: SystemError = error;
  if (system.code === undefined) return error.stack ?? error.message;
  const where = place(system);
  switch (system.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: the address is already in use${owner(system)}`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: this machine has no such address`;
    case 'EACCES':
      if (lacksDirectory(system)) return `cannot listen on ${where}: its directory does not exist`;
      return `cannot ${system.syscall === 'listen' || system.syscall === 'bind' ? 'listen on' : 'open'} ${where}: permission denied${hint(system)}`;
    case 'EPERM':
      return `cannot open ${where}: not permitted`;
    case 'ENOENT':
      return `cannot open ${where}: no such file or directory`;
    case 'ENOTFOUND':
      return `cannot resolve the name ${system.hostname ?? where}`;
    case 'EMFILE':
      return 'too many open files: raise the limit (ulimit -n, or LimitNOFILE= in a systemd unit)';
    default:
      return error.message;
  }
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
  readonly hostname?: string;
}

function place({ address, port, path, message }: SystemError): string {
  if (address !== undefined && port !== undefined && port > 0) return addressText(address, port);
  return address ?? path ?? message;
}

function owner({ port }: SystemError): string {
  return port !== undefined && port > 0 ? ` (ss -ltnp 'sport = :${port}' shows by which program)` : '';
}

/** Node.js reports EACCES for the missing directory of a unix socket too (libuv, uv_pipe_bind). Another unit may create it yet. */
function lacksDirectory({ code, address, syscall }: SystemError): boolean {
  return (
    code === 'EACCES' && syscall === 'listen' && address?.startsWith('/') === true && !existsSync(dirname(address))
  );
}

function hint({ port }: SystemError): string {
  if (port === undefined || port < 1 || port >= 1024) return '';
  return (
    '. A port below 1024 needs privileges: AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit, ' +
    'or sudo setcap cap_net_bind_service=+ep on the node binary; or use a port of 1024 or above'
  );
}
