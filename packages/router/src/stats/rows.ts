/** The rows of `show stat`: one file, long as it is, because the kinds of rows fill the same columns. */
import { type BackendState, type ServerState, SIXTEENTHS } from '../model/backend.ts';
import type {
  CompressionCounters,
  ResponseClasses,
  ServingCounters,
  TimeCounter,
  TrafficCounters,
} from '../model/counters.ts';
import { average } from './average.ts';
import { agentValues, checkValues, throttleOf } from './check-values.ts';
import type { Row } from './columns.ts';
import { downtime } from './counters.ts';
import { serverStatus } from './server-status.ts';
import { seconds } from './seconds.ts';
import type { BindView, FrontendView, ProxyView, StatsView } from './view.ts';

/** What a reader gets to see. */
export interface RowChoice {
  /** Addresses, cookies and algorithms too (`stats show-legends`; the control socket from level operator on). */
  readonly legends: boolean;
  /** The proxies to show; absent: all. */
  readonly shows?: (proxy: ProxyView) => boolean;
}

type Values = Row['values'];

/** The lines of `show stat`: of each proxy its frontend, its binds, its servers, its backend, in the order of the file. */
export function rowsOf(view: StatsView, { legends, shows = () => true }: RowChoice): readonly Row[] {
  return view.proxies.filter(shows).flatMap((proxy) => proxyRows(proxy, view.now, legends));
}

function proxyRows(proxy: ProxyView, now: number, legends: boolean): readonly Row[] {
  const { name, frontend, backend } = proxy;
  const rows: Row[] = [];
  const tcp = frontend === undefined ? backend?.config.mode === 'tcp' : frontend.config.engine === 'tcp';
  const mode = tcp ? 'tcp' : 'http';
  const add = (kind: Row['kind'], proxyId: number, id: number, svname: string, values: Values): void =>
    void rows.push({
      kind,
      proxyId,
      id,
      values: { pxname: name, svname, pid: 1, iid: proxyId, sid: id, mode, ...values, ...(tcp ? NO_HTTP[kind] : {}) },
    });
  if (frontend !== undefined) {
    const { number, socketStats } = frontend.config;
    add('frontend', number, 0, 'FRONTEND', frontendValues(frontend, now));
    if (socketStats)
      for (const [index, bind] of frontend.binds.entries())
        add('bind', number, index + 1, bindName(bind, index), bindValues(bind, legends));
  }
  if (backend !== undefined) {
    const { number } = backend.config;
    for (const server of backend.servers)
      add('server', number, server.id, server.config.name, serverValues(server, now, legends));
    add('backend', number, 0, 'BACKEND', backendValues(backend, proxy.fullconn, now, legends));
  }
  return rows;
}

/** Binds without a name are `sock-1`, `sock-2`… in HAProxy's statistics. */
export function bindName({ bind }: BindView, index: number): string {
  return bind.name === '' || /^\d+$/.test(bind.name) ? `sock-${index + 1}` : bind.name;
}

function trafficValues(counters: TrafficCounters, current: number): Values {
  return {
    scur: current,
    smax: counters.mostSessions,
    stot: counters.sessions,
    bin: counters.bytesIn,
    bout: counters.bytesOut,
    dresp: counters.deniedResponses,
    wrew: counters.failedRewrites,
    eint: counters.internalErrors,
  };
}

function responseValues([other, one, two, three, four, five]: Readonly<ResponseClasses>): Values {
  return { hrsp_1xx: one, hrsp_2xx: two, hrsp_3xx: three, hrsp_4xx: four, hrsp_5xx: five, hrsp_other: other };
}

function compressionValues(counters: CompressionCounters): Values {
  return {
    comp_in: counters.compressionIn,
    comp_out: counters.compressionOut,
    comp_byp: counters.compressionPassed,
    comp_rsp: counters.compressed,
  };
}

/** What HAProxy leaves empty, or at 0, in mode tcp. */
const NO_RESPONSES = {
  hrsp_1xx: undefined,
  hrsp_2xx: undefined,
  hrsp_3xx: undefined,
  hrsp_4xx: undefined,
  hrsp_5xx: undefined,
  hrsp_other: undefined,
  cache_lookups: undefined,
  cache_hits: undefined,
};
const NO_HTTP: Readonly<Record<Row['kind'], Values>> = {
  frontend: { ...NO_RESPONSES, intercepted: undefined, ...http1Values(0, 0, 0, 0, 0) },
  bind: {},
  server: { ...NO_RESPONSES, req_tot: undefined },
  backend: { ...NO_RESPONSES, req_tot: undefined, ...http1Values(0, 0, 0, 0, 0) },
};

/** Features that are not here count nothing, as in HAProxy where they are not used. */
const NO_CACHE = { cache_lookups: 0, cache_hits: 0 };
const NO_TLS = { ssl_sess: 0, ssl_reused_sess: 0, ssl_failed_handshake: 0 };
const NO_HTTP2 = {
  h2_headers_rcvd: 0,
  h2_data_rcvd: 0,
  h2_settings_rcvd: 0,
  h2_rst_stream_rcvd: 0,
  h2_goaway_rcvd: 0,
  h2_detected_conn_protocol_errors: 0,
  h2_detected_strm_protocol_errors: 0,
  h2_rst_stream_resp: 0,
  h2_goaway_resp: 0,
  h2_open_connections: 0,
  h2_backend_open_streams: 0,
  h2_total_connections: 0,
  h2_backend_total_streams: 0,
};

function http1Values(open: number, connections: number, requests: number, bytesIn: number, bytesOut: number): Values {
  return {
    h1_open_connections: open,
    h1_open_streams: open,
    h1_total_connections: connections,
    h1_total_streams: requests,
    h1_bytes_in: bytesIn,
    h1_bytes_out: bytesOut,
    h1_spliced_bytes_in: 0,
    h1_spliced_bytes_out: 0,
  };
}

const GATES = { open: 'OPEN', paused: 'PAUSED', stopped: 'STOP' } as const;

function frontendValues({ counters, current, limit, gate }: FrontendView, now: number): Values {
  const { connectionRate, sessionRate, requestRate } = counters;
  return {
    ...trafficValues(counters, current),
    slim: limit,
    dreq: counters.deniedRequests,
    ereq: counters.failedRequests,
    status: GATES[gate],
    type: 0,
    rate: sessionRate.read(now),
    rate_lim: 0,
    rate_max: sessionRate.most,
    ...responseValues(counters.responses),
    req_rate: requestRate.read(now),
    req_rate_max: requestRate.most,
    req_tot: counters.requests,
    ...compressionValues(counters),
    ...NO_CACHE,
    conn_rate: connectionRate.read(now),
    conn_rate_max: connectionRate.most,
    conn_tot: counters.connections,
    intercepted: counters.intercepted,
    dcon: counters.deniedConnections,
    dses: counters.deniedSessions,
    ...NO_TLS,
    ...NO_HTTP2,
    ...http1Values(current, counters.connections, counters.requests, counters.bytesIn, counters.bytesOut),
  };
}

function bindValues({ bind, counters, current, address }: BindView, legends: boolean): Values {
  return {
    ...trafficValues(counters, current),
    slim: bind.maxconn,
    dreq: counters.deniedRequests,
    ereq: counters.failedRequests,
    status: bind.maxconn > 0 && current >= bind.maxconn ? 'FULL' : 'OPEN',
    type: 3,
    addr: legends ? shownAddress(bind, address) : undefined,
    dcon: counters.deniedConnections,
    dses: 0,
    ...NO_TLS,
  };
}

/** What servers and backends have in common. */
function servingValues(counters: ServingCounters, current: number, now: number): Values {
  const { sessionRate, requests, lastSession } = counters;
  const time = (counter: TimeCounter): number => average(counter, requests);
  return {
    ...trafficValues(counters, current),
    qmax: counters.mostQueued,
    econ: counters.failedConnections,
    eresp: counters.failedResponses,
    wretr: counters.retries,
    wredis: counters.redispatches,
    lbtot: counters.balanced,
    rate: sessionRate.read(now),
    rate_max: sessionRate.most,
    ...responseValues(counters.responses),
    req_tot: requests,
    cli_abrt: counters.clientAborts,
    srv_abrt: counters.serverAborts,
    lastsess: lastSession < 0 ? -1 : seconds(now - lastSession),
    qtime: time(counters.queueTime),
    ctime: time(counters.connectTime),
    rtime: time(counters.responseTime),
    ttime: time(counters.totalTime),
    qtime_max: counters.queueTime.most,
    ctime_max: counters.connectTime.most,
    rtime_max: counters.responseTime.most,
    ttime_max: counters.totalTime.most,
    connect: counters.connects,
    reuse: counters.reuses,
    lastchg: seconds(now - counters.changed),
  };
}

function serverValues(server: ServerState, now: number, legends: boolean): Values {
  const { config, counters, current, queued, weight, share, tracked } = server;
  const { maxconn, maxqueue, backup, poolMaxConn } = config;
  return {
    ...servingValues(counters, current, now),
    qcur: queued,
    slim: maxconn || undefined,
    status: serverStatus(server),
    weight: Math.ceil(share / SIXTEENTHS),
    uweight: weight,
    act: backup ? 0 : 1,
    bck: backup ? 1 : 0,
    qlimit: maxqueue || undefined,
    throttle: throttleOf(server),
    tracked: tracked?.key,
    type: 2,
    ...checkValues(server, now),
    ...agentValues(server),
    addr: legends ? addressOf(server) : undefined,
    cookie: legends ? server.config.cookie : undefined,
    srv_icur: counters.idle,
    src_ilim: poolMaxConn < 0 ? undefined : poolMaxConn,
    idle_conn_cur: counters.idle,
    safe_conn_cur: 0,
    used_conn_cur: Math.max(0, counters.open - counters.idle),
    need_conn_est: Math.max(0, counters.open - counters.idle),
    ...NO_TLS,
  };
}

function backendValues(backend: BackendState, fullconn: number, now: number, legends: boolean): Values {
  const { counters, current, queued, servers, config } = backend;
  const usable = servers.filter((server) => server.usable && server.weight > 0);
  const active = usable.filter((server) => !server.config.backup);
  const serving = active.length > 0 ? active : config.allBackups ? usable : usable.slice(0, 1);
  const weight = serving.reduce((sum, server) => sum + server.weight, 0);
  const share = serving.reduce((sum, server) => sum + server.share, 0);
  return {
    ...servingValues(counters, current, now),
    qcur: queued,
    slim: fullconn,
    dreq: counters.deniedRequests,
    status: servers.length === 0 || weight > 0 ? 'UP' : 'DOWN',
    weight: Math.ceil(share / SIXTEENTHS),
    uweight: weight,
    act: active.length,
    bck: usable.length - active.length,
    chkdown: counters.downs,
    downtime: servers.length === 0 ? undefined : seconds(downtime(counters, now)),
    type: 1,
    ...compressionValues(counters),
    ...NO_CACHE,
    algo: legends ? config.balance.name : undefined,
    cookie: legends ? config.persistence?.cookie?.name : undefined,
    agg_server_status: 0,
    agg_server_check_status: 0,
    agg_check_status: 0,
    ...NO_TLS,
    ...NO_HTTP2,
    ...http1Values(
      servers.reduce((sum, server) => sum + server.counters.open, 0),
      counters.connects,
      counters.requests,
      counters.bytesOut,
      counters.bytesIn,
    ),
  };
}

/** The address of a server as it was configured: `127.0.0.1:80`, `[::1]:80`, `unix`. */
export function addressOf({ config: { address } }: ServerState): string {
  if (address.kind === 'unix') return 'unix';
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function shownAddress({ address: { kind }, tls }: BindView['bind'], address: string): string {
  return kind === 'unix' && tls === undefined ? 'unix' : address;
}
