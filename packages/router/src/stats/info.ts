import type { ValueType } from './columns.ts';
import { duration } from './page/numbers.ts';
import type { ProcessView, StatsView } from './view.ts';

/** A line of `show info`: the name, its tags and type as `show info typed` prints them, and its value. */
export interface InfoField {
  readonly name: string;
  readonly tags: string;
  readonly type: ValueType;
  readonly value: string | number;
}

type Reader = (process: ProcessView, now: number) => string | number;

/** HAProxy 2.6's fields in its order. Those of features that are not here are 0. */
const FIELDS: readonly (readonly [name: string, tags: string, type: ValueType, read: Reader])[] = [
  ['Name', 'POS', 'str', () => 'Headgate'],
  ['Version', 'POS', 'str', ({ version }) => version],
  // hatop does not start without it.
  ['Release_date', 'POS', 'str', () => 'unreleased'],
  ['Nbthread', 'CGS', 'u32', () => 1],
  ['Nbproc', 'CGS', 'u32', ({ workers }) => workers],
  ['Process_num', 'KGP', 'u32', () => 1],
  ['Pid', 'SGP', 'u32', ({ pid }) => pid],
  ['Uptime', 'MDP', 'str', ({ started }, now) => duration(now - started)],
  ['Uptime_sec', 'MDP', 'u32', ({ started }, now) => Math.floor((now - started) / 1000)],
  ['Memmax_MB', 'CLP', 'u32', () => 0],
  ['PoolAlloc_MB', 'MGP', 'u32', ({ memory }) => Math.floor(memory / 1_048_576)],
  ['PoolUsed_MB', 'MGP', 'u32', ({ memory }) => Math.floor(memory / 1_048_576)],
  ['PoolFailed', 'MCP', 'u32', () => 0],
  ['Ulimit-n', 'CLP', 'u32', ({ descriptors }) => descriptors],
  ['Maxsock', 'CLP', 'u32', ({ descriptors }) => descriptors],
  ['Maxconn', 'CLP', 'u32', ({ maxconn }) => maxconn],
  ['Hard_maxconn', 'CLP', 'u32', ({ maxconn }) => maxconn],
  ['CurrConns', 'MGP', 'u32', ({ current }) => current],
  ['CumConns', 'MCP', 'u32', ({ counters }) => counters.connections],
  ['CumReq', 'MCP', 'u32', ({ counters }) => counters.requests],
  ['MaxSslConns', 'MMP', 'u32', () => 0],
  ['CurrSslConns', 'MGP', 'u32', () => 0],
  ['CumSslConns', 'MCP', 'u32', () => 0],
  ['Maxpipes', 'CLP', 'u32', () => 0],
  ['PipesUsed', 'MGP', 'u32', () => 0],
  ['PipesFree', 'MGP', 'u32', () => 0],
  ['ConnRate', 'MRP', 'u32', ({ counters }, now) => counters.connectionRate.read(now)],
  ['ConnRateLimit', 'CLP', 'u32', ({ rates }) => rates.connections],
  ['MaxConnRate', 'MMP', 'u32', ({ counters }) => counters.connectionRate.most],
  ['SessRate', 'MRP', 'u32', ({ counters }, now) => counters.sessionRate.read(now)],
  ['SessRateLimit', 'CLP', 'u32', ({ rates }) => rates.sessions],
  ['MaxSessRate', 'MMP', 'u32', ({ counters }) => counters.sessionRate.most],
  ['SslRate', 'MRP', 'u32', () => 0],
  ['SslRateLimit', 'CLP', 'u32', () => 0],
  ['MaxSslRate', 'MMP', 'u32', () => 0],
  ['SslFrontendKeyRate', 'MGP', 'u32', () => 0],
  ['SslFrontendMaxKeyRate', 'MMP', 'u32', () => 0],
  ['SslFrontendSessionReuse_pct', 'MGP', 'u32', () => 0],
  ['SslBackendKeyRate', 'MRP', 'u32', () => 0],
  ['SslBackendMaxKeyRate', 'MMP', 'u32', () => 0],
  ['SslCacheLookups', 'MCP', 'u32', () => 0],
  ['SslCacheMisses', 'MCP', 'u32', () => 0],
  ['CompressBpsIn', 'MRP', 'u32', () => 0],
  ['CompressBpsOut', 'MRP', 'u32', () => 0],
  ['CompressBpsRateLim', 'CLP', 'u32', () => 0],
  ['Tasks', 'MGP', 'u32', ({ current }) => current],
  ['Run_queue', 'MGP', 'u32', () => 0],
  ['Idle_pct', 'MaP', 'u32', ({ idle }) => Math.round(idle * 100)],
  ['node', 'COS', 'str', ({ hostname }) => hostname],
  ['Stopping', 'MGP', 'u32', ({ stopping }) => (stopping ? 1 : 0)],
  ['Jobs', 'MGP', 'u32', ({ current, listeners }) => current + listeners],
  ['Unstoppable Jobs', 'MGP', 'u32', () => 0],
  ['Listeners', 'MGP', 'u32', ({ listeners }) => listeners],
  ['ActivePeers', 'MGP', 'u32', () => 0],
  ['ConnectedPeers', 'MGP', 'u32', () => 0],
  ['DroppedLogs', 'MGP', 'u32', ({ droppedLogs }) => droppedLogs],
  ['BusyPolling', 'MGP', 'u32', () => 0],
  ['FailedResolutions', 'MGP', 'u32', () => 0],
  ['TotalBytesOut', 'MGP', 'u64', ({ counters }) => counters.bytesOut],
  ['TotalSplicdedBytesOut', 'MGP', 'u64', () => 0],
  ['BytesOutRate', 'MRP', 'u64', ({ bytesOutRate }) => bytesOutRate],
  ['DebugCommandsIssued', 'MGP', 'u32', () => 0],
  ['CumRecvLogs', 'MCP', 'u32', () => 0],
  ['Build info', 'POS', 'str', ({ version, node }) => `Headgate ${version}, Node.js ${node}`],
  ['Memmax_bytes', 'CLP', 'u32', () => 0],
  ['PoolAlloc_bytes', 'MGP', 'u64', ({ memory }) => memory],
  ['PoolUsed_bytes', 'MGP', 'u64', ({ memory }) => memory],
  ['Start_time_sec', 'MDP', 'u32', ({ startedAt }) => Math.floor(startedAt)],
  ['Tainted', 'SGP', 'str', () => '0'],
];

/** `show info`. */
export function infoOf({ process, now }: StatsView): readonly InfoField[] {
  return FIELDS.map(([name, tags, type, read]) => ({ name, tags, type, value: read(process, now) }));
}
