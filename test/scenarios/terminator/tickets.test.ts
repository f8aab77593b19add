import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { SecureVersion } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { forEachTerminator } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled } from '../../support/until.ts';

const service = [
  'ticketKeySecret = 00112233445566778899aabbccddeeff',
  'ticketMacSecret = ffeeddccbbaa99887766554433221100',
];

for (const version of ['TLSv1.2', 'TLSv1.3'] satisfies SecureVersion[]) {
  forEachTerminator(
    `${version} sessions are resumed on another machine with the same ticket secrets`,
    async (t, terminator) => {
      const app = await startApp(t);
      const [one, other] = [
        await startTerminating(t, terminator, { connect: app.port, service }),
        await startTerminating(t, terminator, { connect: app.port, service }),
      ];
      const options = { host: '127.0.0.1', minVersion: version, maxVersion: version, rejectUnauthorized: false };
      const first = connect({ ...options, port: one.port });
      onCleanup(t, () => void first.destroy());
      const [session] = (await settled('a ticket', once(first, 'session'))) as [Buffer];
      const second = connect({ ...options, port: other.port, session });
      onCleanup(t, () => void second.destroy());
      await settled('the handshake', once(second, 'secureConnect'));
      assert.ok(second.isSessionReused());
    },
  );
}
