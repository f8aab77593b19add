import { labelsOf, MetricsText } from '@headgate/shared/metrics/text';
import type { ServiceCounters } from '../model/counters.ts';
import type { CertificateFacts } from '../model/snapshot.ts';

/** A service as the metrics show it. */
export interface Measured {
  readonly name: string;
  /** The default one; undefined where there is none. */
  readonly certificate: CertificateFacts | undefined;
  /** Of all its certificates: how many are valid, expire soon or have expired, and when the first does (milliseconds since 1970). */
  readonly expiry: { readonly states: Readonly<Record<string, number>>; readonly earliest: number };
  readonly counters: ServiceCounters;
}

export interface MeasuredProcess {
  readonly version: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly reloads: { readonly done: number; readonly failed: number };
  /** Bytes. */
  readonly memory: number;
}

const PREFIX = 'headgate_terminator_';

/** All metrics in the text format of Prometheus. Labels come from the configuration, and from short lists of ours. `now`: milliseconds since 1970. */
export function metricsText(services: readonly Measured[], process: MeasuredProcess, now: number): string {
  const out = new MetricsText();
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number, labels = ''): void => {
    out.begin(PREFIX + name, type, help);
    out.add(PREFIX + name, labels, value);
  };
  const each = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    read: (service: Measured) => readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
  ): void => {
    out.begin(PREFIX + name, type, help);
    for (const service of services)
      for (const [labels, value] of read(service))
        out.add(PREFIX + name, labelsOf({ service: service.name, ...labels }), value);
  };
  const plain = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    read: (counters: ServiceCounters) => number,
  ): void => each(name, type, help, ({ counters }) => [[{}, read(counters)]]);

  one('build_info', 'gauge', 'The version of the program.', 1, labelsOf({ version: process.version }));
  one('start_time_seconds', 'gauge', 'When the process started, in seconds since 1970.', process.startedAt);
  one('memory_bytes', 'gauge', 'Memory of the process (resident set).', process.memory);
  out.begin(`${PREFIX}reloads_total`, 'counter', 'Configurations that replaced one, and those that were refused.');
  out.add(`${PREFIX}reloads_total`, labelsOf({ result: 'applied' }), process.reloads.done);
  out.add(`${PREFIX}reloads_total`, labelsOf({ result: 'refused' }), process.reloads.failed);

  plain('connections_total', 'counter', 'Connections accepted.', ({ connections }) => connections);
  plain(
    'connections_rejected_total',
    'counter',
    'Connections closed because there were too many.',
    ({ rejected }) => rejected,
  );
  plain('current_sessions', 'gauge', 'Connections after their handshake that are not over.', ({ open }) => open);
  each('handshakes_total', 'counter', 'Handshakes by result; those that succeeded by TLS version.', ({ counters }) => [
    ...Object.entries(counters.handshakes).map(([version, value]) => [{ result: 'ok', version }, value] as const),
    ...Object.entries(counters.failures).map(([reason, value]) => [{ result: reason, version: '' }, value] as const),
  ]);
  plain('handshakes_resumed_total', 'counter', 'Handshakes that resumed an earlier session.', ({ resumed }) => resumed);
  each('sessions_ended_total', 'counter', 'Connections that are over, by how they ended.', ({ counters }) =>
    Object.entries(counters.endings).map(([code, value]) => [{ code }, value]),
  );
  plain('bytes_to_client_total', 'counter', 'Bytes of servers sent to clients.', ({ bytesToClient }) => bytesToClient);
  plain('bytes_to_server_total', 'counter', 'Bytes of clients sent to servers.', ({ bytesToServer }) => bytesToServer);
  each(
    'certificate_expiry_timestamp_seconds',
    'gauge',
    'When the certificate expires, in seconds since 1970.',
    ({ certificate }) => (certificate === undefined ? [] : [[{}, certificate.notAfter.getTime() / 1000]]),
  );
  each(
    'certificate_remaining_seconds',
    'gauge',
    'Seconds until the certificate expires; negative when it has.',
    ({ certificate }) => (certificate === undefined ? [] : [[{}, (certificate.notAfter.getTime() - now) / 1000]]),
  );
  each(
    'certificates',
    'gauge',
    'Certificates of the service: valid, expiring (less than a third of the lifetime is left) or expired.',
    ({ expiry }) => Object.entries(expiry.states).map(([state, value]) => [{ state }, value]),
  );
  each(
    'certificates_earliest_expiry_timestamp_seconds',
    'gauge',
    'When the first certificate of the service expires, in seconds since 1970.',
    ({ expiry }) => (Number.isFinite(expiry.earliest) ? [[{}, expiry.earliest / 1000]] : []),
  );
  return out.text;
}
