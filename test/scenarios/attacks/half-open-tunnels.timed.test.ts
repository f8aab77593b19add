import { engineStatements } from '../../support/engines.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { openTunnel } from '../../support/tunnel.ts';

for (const side of ['client', 'server'] as const) {
  forEachEngine(
    `a tunnel half-closed by its ${side} does not stay open when the other end never closes`,
    async (t, engine) => {
      const server = await RawServer.listen(t);
      const { port } = await startRouting(t, 'router', {
        frontend: [...engineStatements(engine), 'timeout client-fin 150ms'],
        backend: ['timeout tunnel 1h', 'timeout server-fin 150ms', `server one 127.0.0.1:${server.port}`],
      });
      for (let i = 0; i < 3; i += 1) {
        const tunnel = await openTunnel(t, port, server);
        tunnel[side].end();
        await tunnel.client.ended();
        await tunnel.server.ended();
      }
    },
  );
}
