import type { MetricsServer } from '@headgate/shared/admin/metrics-server';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import { explainFailure } from '@headgate/shared/process/start-failure';
import type { Snapshot } from '../model/snapshot.ts';

/** The server of metrics that a configuration wants: the one there is, where its address stays; else a new one, bound. `first`: nothing is served yet. */
export async function metricsAt(
  wanted: Snapshot['metrics'],
  present: MetricsServer | undefined,
  first: boolean,
  text: () => string,
): Promise<MetricsServer | undefined> {
  if (wanted === undefined) return undefined;
  const { host, port, at } = wanted;
  if (present?.host === host && present.port === port) return present;
  // Node's HTTP is 15 MB that a terminator without metrics does not need.
  const metricsServer = await import('@headgate/shared/admin/metrics-server');
  const server = new metricsServer.MetricsServer(host, port, text);
  try {
    await server.listen();
  } catch (error) {
    if (first) throw error;
    throw new CannotApply([{ severity: 'error', at, message: explainFailure(error) }]);
  }
  return server;
}
