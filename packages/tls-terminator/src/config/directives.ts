/** Every option there is, by the name it is written with. Adding one is a file in directives/ and a line here. */
import type { GlobalDirective, ServiceDirective } from './directive.ts';
import { accept } from './directives/accept.ts';
import { cert } from './directives/cert.ts';
import { ciphers } from './directives/ciphers.ts';
import { ciphersuites } from './directives/ciphersuites.ts';
import { client } from './directives/client.ts';
import { connect } from './directives/connect.ts';
import { curves } from './directives/curves.ts';
import { debug, serviceDebug } from './directives/debug.ts';
import { delay } from './directives/delay.ts';
import { failover } from './directives/failover.ts';
import { fips } from './directives/fips.ts';
import { foreground } from './directives/foreground.ts';
import { hardStopAfter } from './directives/hard-stop-after.ts';
import { keyPassFile } from './directives/key-pass-file.ts';
import { key } from './directives/key.ts';
import { local } from './directives/local.ts';
import { log } from './directives/log.ts';
import { maxConnections } from './directives/max-connections.ts';
import { options } from './directives/options.ts';
import { output } from './directives/output.ts';
import { pid } from './directives/pid.ts';
import { protocol } from './directives/protocol.ts';
import { renegotiation } from './directives/renegotiation.ts';
import { reset } from './directives/reset.ts';
import { retry } from './directives/retry.ts';
import { securityLevel } from './directives/security-level.ts';
import { service } from './directives/service.ts';
import { sessionCacheSize, sessionCacheTimeout, sessionResume } from './directives/session.ts';
import { setgid } from './directives/setgid.ts';
import { setuid } from './directives/setuid.ts';
import { socket } from './directives/socket.ts';
import { sslVersion, sslVersionMax, sslVersionMin } from './directives/ssl-version.ts';
import { syslog } from './directives/syslog.ts';
import { ticketKeySecret, ticketMacSecret } from './directives/ticket-secrets.ts';
import { timeoutBusy, timeoutClose, timeoutConnect, timeoutIdle } from './directives/timeouts.ts';

/** Options for the whole process, allowed before the first section only. */
export const globalDirectives = {
  pid,
  foreground,
  setuid,
  setgid,
  'hard-stop-after': hardStopAfter,
  debug,
  output,
  log,
  syslog,
  service,
  fips,
} as const satisfies Record<string, GlobalDirective>;

/** Options of one service; before the first section they are defaults for all. */
export const serviceDirectives = {
  accept,
  connect,
  protocol,
  failover,
  delay,
  local,
  cert,
  key,
  keyPassFile,
  sslVersion,
  sslVersionMin,
  sslVersionMax,
  ciphers,
  ciphersuites,
  curves,
  securityLevel,
  options,
  renegotiation,
  sessionResume,
  sessionCacheTimeout,
  sessionCacheSize,
  ticketKeySecret,
  ticketMacSecret,
  TIMEOUTbusy: timeoutBusy,
  TIMEOUTconnect: timeoutConnect,
  TIMEOUTidle: timeoutIdle,
  TIMEOUTclose: timeoutClose,
  maxConnections,
  reset,
  socket,
  debug: serviceDebug,
  client,
  retry,
} as const satisfies Record<string, ServiceDirective>;
