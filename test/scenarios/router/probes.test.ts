import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startApp } from '../../support/apps.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

/** The seconds until the system probes an established connection from or to this port; undefined: it does not. */
function probedIn(local: number | undefined, remote: number | undefined): number | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, from = '', to = '', state, , timer = ''] = line.trim().split(/\s+/);
    if (state !== '01') continue;
    if (local !== undefined && !from.endsWith(`:${hex(local)}`)) continue;
    if (remote !== undefined && !to.endsWith(`:${hex(remote)}`)) continue;
    const [kind, when = ''] = timer.split(':');
    if (kind === '02') return Number.parseInt(when, 16) / 100;
  }
  return undefined;
}

for (const mode of ['http', 'tcp'] as const)
  forEachRouter(
    `mode ${mode}: option clitcpka and srvtcpka probe clients and servers that are silent`,
    async (t, router) => {
      const app = await startApp(t);
      const front = mode === 'tcp' ? ['mode tcp', 'option tcplog'] : [];
      const { port } = await startRouting(t, router, {
        frontend: [...front, 'option clitcpka', 'clitcpka-idle 60s'],
        backend: [...front.slice(0, 1), 'option tcpka', 'srvtcpka-idle 30s', `server one 127.0.0.1:${app.port}`],
      });
      const client = await openRaw(t, port);
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await until('the probes', () => {
        const [toClient, toServer] = [probedIn(port, undefined), probedIn(undefined, app.port)];
        return toClient !== undefined && toClient <= 60 && toServer !== undefined && toServer <= 30;
      });
      assert.ok((probedIn(port, undefined) ?? 0) > 30);
    },
  );
