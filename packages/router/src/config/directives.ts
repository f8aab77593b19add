/** Every keyword we know, by the word it begins with. A new one is a file and two lines here. */
import type { GlobalDirective, ProxyDirective } from './directive.ts';
import { daemon as daemonGlobal } from './directives/global/daemon.ts';
import { hardStopAfter as hardStopAfterGlobal } from './directives/global/hard-stop-after.ts';
import { logTag as logTagGlobal } from './directives/global/log-tag.ts';
import { log as logGlobal } from './directives/global/log.ts';
import { maxconn as maxconnGlobal } from './directives/global/maxconn.ts';
import { nbproc as nbprocGlobal } from './directives/global/nbproc.ts';
import { nbthread as nbthreadGlobal } from './directives/global/nbthread.ts';
import { pidfile as pidfileGlobal } from './directives/global/pidfile.ts';
import { spreadChecks as spreadChecksGlobal } from './directives/global/spread-checks.ts';
import { tuneBufsize as tuneBufsizeGlobal } from './directives/global/tune-bufsize.ts';
import { tuneHttpMaxhdr as tuneHttpMaxhdrGlobal } from './directives/global/tune-http-maxhdr.ts';
import { tuneMaxrewrite as tuneMaxrewriteGlobal } from './directives/global/tune-maxrewrite.ts';
import { ulimitN as ulimitNGlobal } from './directives/global/ulimit-n.ts';
import { acl } from './directives/proxy/acl.ts';
import { backlog } from './directives/proxy/backlog.ts';
import { balance } from './directives/proxy/balance.ts';
import { bind } from './directives/proxy/bind.ts';
import { defaultServer } from './directives/proxy/default-server.ts';
import { defaultBackend } from './directives/proxy/default_backend.ts';
import { engine } from './directives/proxy/engine.ts';
import { errorfile } from './directives/proxy/errorfile.ts';
import { errorloc } from './directives/proxy/errorloc.ts';
import { errorloc302 } from './directives/proxy/errorloc302.ts';
import { errorloc303 } from './directives/proxy/errorloc303.ts';
import { fullconn } from './directives/proxy/fullconn.ts';
import { hashType } from './directives/proxy/hash-type.ts';
import { httpCheck } from './directives/proxy/http-check.ts';
import { httpRequest } from './directives/proxy/http-request.ts';
import { httpReuse } from './directives/proxy/http-reuse.ts';
import { logFormat } from './directives/proxy/log-format.ts';
import { logTag } from './directives/proxy/log-tag.ts';
import { log } from './directives/proxy/log.ts';
import { maxconn } from './directives/proxy/maxconn.ts';
import { mode } from './directives/proxy/mode.ts';
import { monitorUri } from './directives/proxy/monitor-uri.ts';
import { redirect } from './directives/proxy/redirect.ts';
import { retries } from './directives/proxy/retries.ts';
import { retryOn } from './directives/proxy/retry-on.ts';
import { server } from './directives/proxy/server.ts';
import { tcpRequest } from './directives/proxy/tcp-request.ts';
import { timeout } from './directives/proxy/timeout.ts';
import { useBackend } from './directives/proxy/use_backend.ts';
import { abortonclose as abortoncloseOption } from './directives/option/abortonclose.ts';
import { allbackups as allbackupsOption } from './directives/option/allbackups.ts';
import { dontlogNormal as dontlogNormalOption } from './directives/option/dontlog-normal.ts';
import { dontlognull as dontlognullOption } from './directives/option/dontlognull.ts';
import { forwardfor as forwardforOption } from './directives/option/forwardfor.ts';
import { httpKeepAlive as httpKeepAliveOption } from './directives/option/http-keep-alive.ts';
import { httpServerClose as httpServerCloseOption } from './directives/option/http-server-close.ts';
import { httpchk as httpchkOption } from './directives/option/httpchk.ts';
import { httpclose as httpcloseOption } from './directives/option/httpclose.ts';
import { httplog as httplogOption } from './directives/option/httplog.ts';
import { logHealthChecks as logHealthChecksOption } from './directives/option/log-health-checks.ts';
import { redispatch as redispatchOption } from './directives/option/redispatch.ts';
import { tcplog as tcplogOption } from './directives/option/tcplog.ts';

/** Keywords of the global section. */
export const GLOBAL_DIRECTIVES = {
  daemon: daemonGlobal,
  'hard-stop-after': hardStopAfterGlobal,
  'log-tag': logTagGlobal,
  log: logGlobal,
  maxconn: maxconnGlobal,
  nbproc: nbprocGlobal,
  nbthread: nbthreadGlobal,
  pidfile: pidfileGlobal,
  'spread-checks': spreadChecksGlobal,
  'tune.bufsize': tuneBufsizeGlobal,
  'tune.http.maxhdr': tuneHttpMaxhdrGlobal,
  'tune.maxrewrite': tuneMaxrewriteGlobal,
  'ulimit-n': ulimitNGlobal,
} as const satisfies Record<string, GlobalDirective>;

/** Keywords of the proxy sections. */
export const PROXY_DIRECTIVES = {
  acl,
  backlog,
  balance,
  bind,
  'default-server': defaultServer,
  default_backend: defaultBackend,
  engine,
  errorfile,
  errorloc,
  errorloc302,
  errorloc303,
  fullconn,
  'hash-type': hashType,
  'http-check': httpCheck,
  'http-request': httpRequest,
  'http-reuse': httpReuse,
  'log-format': logFormat,
  'log-tag': logTag,
  log,
  maxconn,
  mode,
  'monitor-uri': monitorUri,
  redirect,
  retries,
  'retry-on': retryOn,
  server,
  'tcp-request': tcpRequest,
  timeout,
  use_backend: useBackend,
} as const satisfies Record<string, ProxyDirective>;

/** What follows `option`. */
export const OPTIONS = {
  abortonclose: abortoncloseOption,
  allbackups: allbackupsOption,
  'dontlog-normal': dontlogNormalOption,
  dontlognull: dontlognullOption,
  forwardfor: forwardforOption,
  'http-keep-alive': httpKeepAliveOption,
  'http-server-close': httpServerCloseOption,
  httpchk: httpchkOption,
  httpclose: httpcloseOption,
  httplog: httplogOption,
  'log-health-checks': logHealthChecksOption,
  redispatch: redispatchOption,
  tcplog: tcplogOption,
} as const satisfies Record<string, ProxyDirective>;
