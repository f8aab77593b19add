/**
 * The metrics that HAProxy 2.6's exporter has, by their names after `haproxy_frontend_` and so on. Each is a column of `show stat`; `ms` is
 * in milliseconds there and in seconds here.
 */
import type { RowKind } from '../columns.ts';

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly column: string;
  readonly help: string;
  readonly ms?: true;
}

function gauge(name: string, column: string, help: string): Metric {
  return { name, type: 'gauge', column, help };
}

function counter(name: string, column: string, help: string): Metric {
  return { name: `${name}_total`, type: 'counter', column, help };
}

function time(name: string, column: string, help: string): Metric {
  return { name: `${name}_seconds`, type: 'gauge', column, help, ms: true };
}

const sessions = [
  gauge('current_sessions', 'scur', 'Sessions now.'),
  gauge('max_sessions', 'smax', 'Most sessions at one time.'),
  gauge('limit_sessions', 'slim', 'Most sessions that are allowed.'),
  counter('sessions', 'stot', 'Sessions so far.'),
  counter('bytes_in', 'bin', 'Bytes from clients.'),
  counter('bytes_out', 'bout', 'Bytes to clients.'),
];
const requestsDenied = counter('requests_denied', 'dreq', 'Requests refused by a rule.');
const responsesDenied = counter('responses_denied', 'dresp', 'Responses refused by a rule.');
const requestErrors = counter('request_errors', 'ereq', 'Requests that were malformed, too slow or cut.');
const rewriting = counter('failed_header_rewriting', 'wrew', 'Rewrites that did not fit into a head.');
const internal = counter('internal_errors', 'eint', 'Requests that failed by an error of the proxy.');
const deniedConnections = counter('denied_connections', 'dcon', 'Connections refused by tcp-request connection.');
const deniedSessions = counter('denied_sessions', 'dses', 'Sessions refused by tcp-request session.');
const compression = [
  counter('http_comp_bytes_in', 'comp_in', 'Bytes before compression.'),
  counter('http_comp_bytes_out', 'comp_out', 'Bytes after compression.'),
  counter('http_comp_bytes_bypassed', 'comp_byp', 'Bytes that were not compressed.'),
  counter('http_comp_responses', 'comp_rsp', 'Responses that were compressed.'),
];
const cache = [
  counter('http_cache_lookups', 'cache_lookups', 'Lookups in the cache.'),
  counter('http_cache_hits', 'cache_hits', 'Hits in the cache.'),
];
const sessionRate = gauge('max_session_rate', 'rate_max', 'Most new sessions in one second.');

/** What servers and backends share, in the order of the exporter. */
const queue = [
  gauge('current_queue', 'qcur', 'Requests that wait in the queue.'),
  gauge('max_queue', 'qmax', 'Most requests that waited at one time.'),
];
const serving = [
  counter('connection_errors', 'econ', 'Requests that could not be sent: no connection, no server, no time.'),
  counter('response_errors', 'eresp', 'Requests that got no valid response.'),
  counter('retry_warnings', 'wretr', 'Attempts that were repeated on the same server.'),
  counter('redispatch_warnings', 'wredis', 'Attempts that were repeated on another server.'),
];
const changes = [
  counter('check_up_down', 'chkdown', 'Changes from up to down.'),
  gauge('check_last_change_seconds', 'lastchg', 'Seconds since the last change of state.'),
  counter('downtime_seconds', 'downtime', 'Seconds spent down.'),
];
const balanced = counter('loadbalanced', 'lbtot', 'Requests that balancing sent here.');
const aborts = [
  counter('client_aborts', 'cli_abrt', 'Transfers cut by clients.'),
  counter('server_aborts', 'srv_abrt', 'Transfers cut by servers.'),
];
const averages = [
  gauge('last_session_seconds', 'lastsess', 'Seconds since the last session; -1 when there was none.'),
  time('queue_time_average', 'qtime', 'Average time in the queue over the last 512 requests.'),
  time('connect_time_average', 'ctime', 'Average time to connect over the last 512 requests.'),
  time('response_time_average', 'rtime', 'Average time to the response over the last 512 requests.'),
  time('total_time_average', 'ttime', 'Average total time over the last 512 requests.'),
];
const connections = [
  counter('connection_attempts', 'connect', 'Connections opened to servers.'),
  counter('connection_reuses', 'reuse', 'Requests sent on a connection that was open.'),
];
const maxima = [
  time('max_queue_time', 'qtime_max', 'Longest time in the queue.'),
  time('max_connect_time', 'ctime_max', 'Longest time to connect.'),
  time('max_response_time', 'rtime_max', 'Longest time to the response.'),
  time('max_total_time', 'ttime_max', 'Longest total time.'),
];

/** Those that are one column. What has a label of its own (`status`, `http_responses_total`) is in exporter.ts. */
export const METRICS: Readonly<Record<RowKind, readonly Metric[]>> = {
  frontend: [
    ...sessions,
    requestsDenied,
    responsesDenied,
    requestErrors,
    gauge('limit_session_rate', 'rate_lim', 'Most new sessions per second that are allowed; 0 is no limit.'),
    sessionRate,
    gauge('http_requests_rate_max', 'req_rate_max', 'Most requests in one second.'),
    counter('http_requests', 'req_tot', 'Requests so far.'),
    ...compression,
    gauge('connections_rate_max', 'conn_rate_max', 'Most new connections in one second.'),
    counter('connections', 'conn_tot', 'Connections so far.'),
    counter('intercepted_requests', 'intercepted', 'Requests answered without a backend.'),
    deniedConnections,
    deniedSessions,
    rewriting,
    ...cache,
    internal,
  ],
  bind: [
    ...sessions,
    requestsDenied,
    responsesDenied,
    requestErrors,
    deniedConnections,
    deniedSessions,
    rewriting,
    internal,
  ],
  backend: [
    ...queue,
    ...sessions,
    requestsDenied,
    responsesDenied,
    ...serving,
    gauge('weight', 'weight', 'Weight of the servers that serve now.'),
    gauge('active_servers', 'act', 'Usable servers that are no backups.'),
    gauge('backup_servers', 'bck', 'Usable backup servers.'),
    ...changes,
    balanced,
    sessionRate,
    counter('http_requests', 'req_tot', 'Requests so far.'),
    ...aborts,
    ...compression,
    ...averages,
    rewriting,
    ...connections,
    ...cache,
    ...maxima,
    internal,
    gauge('uweight', 'uweight', 'Weight of the servers that serve now, as operators see it.'),
  ],
  server: [
    ...queue,
    ...sessions,
    responsesDenied,
    ...serving,
    gauge('weight', 'weight', 'Weight now.'),
    counter('check_failures', 'chkfail', 'Checks that failed.'),
    ...changes,
    gauge('queue_limit', 'qlimit', 'Most requests that may wait for this server.'),
    gauge('current_throttle', 'throttle', 'Percent of its weight that a server gets after a start.'),
    balanced,
    sessionRate,
    gauge('check_code', 'check_code', 'Status code of the last check.'),
    time('check_duration', 'check_duration', 'Duration of the last check.'),
    ...aborts,
    ...averages,
    rewriting,
    ...connections,
    gauge('idle_connections_current', 'srv_icur', 'Idle connections now.'),
    gauge('idle_connections_limit', 'src_ilim', 'Most idle connections that are kept.'),
    ...maxima,
    internal,
    gauge(
      'unsafe_idle_connections_current',
      'idle_conn_cur',
      'Idle connections that may be closed by the server at any time.',
    ),
    gauge('safe_idle_connections_current', 'safe_conn_cur', 'Idle connections that served more than one request.'),
    gauge('used_connections_current', 'used_conn_cur', 'Connections in use.'),
    gauge('need_connections_current', 'need_conn_est', 'Connections that are estimated to be needed.'),
    gauge('uweight', 'uweight', 'Weight now, as operators see it.'),
  ],
};

/** `haproxy_process_…`, from the fields of `show info`. */
export const PROCESS_METRICS: readonly (readonly [name: string, type: Metric['type'], field: string, help: string])[] =
  [
    ['nbthread', 'gauge', 'Nbthread', 'Threads that serve traffic.'],
    ['nbproc', 'gauge', 'Nbproc', 'Processes that serve traffic.'],
    ['relative_process_id', 'gauge', 'Process_num', 'Which of the processes this is.'],
    ['uptime_seconds', 'gauge', 'Uptime_sec', 'Seconds since the start.'],
    ['start_time_seconds', 'gauge', 'Start_time_sec', 'When the process started, in seconds since 1970.'],
    ['max_fds', 'gauge', 'Ulimit-n', 'Most open files that are allowed.'],
    ['max_sockets', 'gauge', 'Maxsock', 'Most sockets that are allowed.'],
    ['max_connections', 'gauge', 'Maxconn', 'Most client connections that are allowed.'],
    ['hard_max_connections', 'gauge', 'Hard_maxconn', 'Most client connections the process was started for.'],
    ['current_connections', 'gauge', 'CurrConns', 'Client connections now.'],
    ['connections_total', 'counter', 'CumConns', 'Client connections so far.'],
    ['requests_total', 'counter', 'CumReq', 'Requests so far.'],
    ['current_connection_rate', 'gauge', 'ConnRate', 'New connections in the last second.'],
    [
      'limit_connection_rate',
      'gauge',
      'ConnRateLimit',
      'Most new connections per second that are allowed; 0 is no limit.',
    ],
    ['max_connection_rate', 'gauge', 'MaxConnRate', 'Most new connections in one second.'],
    ['current_session_rate', 'gauge', 'SessRate', 'New sessions in the last second.'],
    ['limit_session_rate', 'gauge', 'SessRateLimit', 'Most new sessions per second that are allowed; 0 is no limit.'],
    ['max_session_rate', 'gauge', 'MaxSessRate', 'Most new sessions in one second.'],
    ['current_tasks', 'gauge', 'Tasks', 'Tasks now: one for each client connection.'],
    ['current_run_queue', 'gauge', 'Run_queue', 'Tasks that wait to run.'],
    ['idle_time_percent', 'gauge', 'Idle_pct', 'Percent of the time in which there was nothing to do.'],
    ['stopping', 'gauge', 'Stopping', '1 while the process finishes what is open.'],
    ['jobs', 'gauge', 'Jobs', 'Connections and listening sockets.'],
    ['listeners', 'gauge', 'Listeners', 'Listening sockets.'],
    ['dropped_logs_total', 'counter', 'DroppedLogs', 'Log lines that were lost.'],
    ['bytes_out_total', 'counter', 'TotalBytesOut', 'Bytes to clients.'],
    ['bytes_out_rate', 'gauge', 'BytesOutRate', 'Bytes to clients in the last second.'],
    ['pool_allocated_bytes', 'gauge', 'PoolAlloc_bytes', 'Memory of the process.'],
    ['pool_used_bytes', 'gauge', 'PoolUsed_bytes', 'Memory of the process.'],
  ];
