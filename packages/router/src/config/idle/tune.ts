/** `tune.…`: what tunes HAProxy itself. Each word by its name, so that a typo in another one is not taken for one of these. */
import { choice, duration, each, integer, onOff, perhaps, signed, size, text, texts } from './takes.ts';
import { NO_LUA, NO_TLS_HERE } from './reasons.ts';

const INTERNALS = "it tunes HAProxy's internals";
const NO_QUIC = 'there is no QUIC';
const NO_HTTP2 = 'there is no HTTP/2';

export const TUNING = {
  ...each(
    INTERNALS,
    integer(),
    'tune.buffers.limit tune.buffers.reserve tune.events.max-events-at-once tune.http.cookielen tune.http.logurilen tune.maxaccept tune.maxpollevents tune.pattern.cache-size tune.peers.max-updates-at-once tune.recv_enough tune.ring.queues tune.runqueue-depth tune.stick-counters tune.max-checks-per-thread',
  ),
  ...each(
    INTERNALS,
    size,
    'tune.memory.hot-size tune.notsent-lowat.client tune.notsent-lowat.server tune.pipesize tune.rcvbuf.backend tune.rcvbuf.client tune.rcvbuf.frontend tune.rcvbuf.server tune.sndbuf.backend tune.sndbuf.client tune.sndbuf.frontend tune.sndbuf.server tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size',
  ),
  ...each(
    INTERNALS,
    onOff,
    'tune.applet.zero-copy-forwarding tune.fd.edge-triggered tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send tune.idle-pool.shared tune.pt.zero-copy-forwarding tune.sched.low-latency',
  ),
  ...each(INTERNALS, perhaps, 'tune.disable-fast-forward tune.disable-zero-copy-forwarding'),
  ...each(INTERNALS, integer(0, 100), 'tune.fail-alloc tune.pool-high-fd-ratio tune.pool-low-fd-ratio'),
  ...each(INTERNALS, signed(20), 'tune.renice.runtime tune.renice.startup'),
  'tune.idletimer': { why: INTERNALS, takes: duration },
  'tune.listener.default-shards': { why: INTERNALS, takes: choice('by-process', 'by-thread', 'by-group') },
  'tune.listener.multi-queue': { why: INTERNALS, takes: choice('on', 'off', 'fair') },
  'tune.takeover-other-tg-connections': { why: INTERNALS, takes: choice('none', 'restricted', 'full') },
  ...each(INTERNALS, integer(1, 9), 'tune.zlib.memlevel'),
  ...each(INTERNALS, integer(8, 15), 'tune.zlib.windowsize'),
  ...each(
    NO_HTTP2,
    integer(),
    'tune.h2.be.glitches-threshold tune.h2.be.initial-window-size tune.h2.be.max-concurrent-streams tune.h2.be.rxbuf tune.h2.fe.glitches-threshold tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams tune.h2.fe.max-total-streams tune.h2.fe.rxbuf tune.h2.initial-window-size tune.h2.max-concurrent-streams',
  ),
  'tune.h2.header-table-size': { why: NO_HTTP2, takes: integer(4096, 65_536) },
  'tune.h2.max-frame-size': { why: NO_HTTP2, takes: integer(16_384, 16_777_215) },
  'tune.h2.zero-copy-fwd-send': { why: NO_HTTP2, takes: onOff },
  ...each(
    NO_LUA,
    duration,
    'tune.lua.burst-timeout tune.lua.service-timeout tune.lua.session-timeout tune.lua.task-timeout',
  ),
  ...each(NO_LUA, integer(), 'tune.lua.forced-yield tune.lua.maxmem'),
  'tune.lua.bool-sample-conversion': { why: NO_LUA, takes: choice('normal', 'pre-3.1-bug') },
  'tune.lua.log.loggers': { why: NO_LUA, takes: onOff },
  'tune.lua.log.stderr': { why: NO_LUA, takes: choice('auto', 'on', 'off') },
  ...each(
    NO_QUIC,
    texts('a value'),
    'tune.quic.cc-hystart tune.quic.cc.cubic.min-losses tune.quic.disable-tx-pacing tune.quic.disable-udp-gso tune.quic.frontend.conn-tx-buffers.limit tune.quic.frontend.default-max-window-size tune.quic.frontend.glitches-threshold tune.quic.frontend.max-data-size tune.quic.frontend.max-idle-timeout tune.quic.frontend.max-streams-bidi tune.quic.frontend.max-tx-mem tune.quic.frontend.stream-data-ratio tune.quic.max-frame-loss tune.quic.reorder-ratio tune.quic.retry-threshold tune.quic.socket-owner tune.quic.zero-copy-fwd-send',
  ),
  ...each(
    NO_TLS_HERE,
    integer(),
    'tune.ssl.cachesize tune.ssl.capture-buffer-size tune.ssl.capture-cipherlist-size tune.ssl.hard-maxrecord tune.ssl.lifetime tune.ssl.maxrecord tune.ssl.ocsp-update.maxdelay tune.ssl.ocsp-update.mindelay tune.ssl.ssl-ctx-cache-size',
  ),
  'tune.ssl.certificate-compression': { why: NO_TLS_HERE, takes: text("'auto' or 'off'") },
  'tune.ssl.default-dh-param': { why: NO_TLS_HERE, takes: integer(1024) },
  'tune.ssl.force-private-cache': { why: NO_TLS_HERE, takes: perhaps },
  'tune.ssl.keylog': { why: NO_TLS_HERE, takes: onOff },
  'tune.ssl.ocsp-update.mode': { why: NO_TLS_HERE, takes: onOff },
};
