import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkConfig, serverConfig } from '../backend/testing.ts';
import { destinationOf } from './destination.ts';

describe('the destination of a check', () => {
  const tcp = { kind: 'tcp', host: '10.0.0.1', port: 80 } as const;
  const unix = { kind: 'unix', path: '/run/app.sock' } as const;
  const cases = [
    [{ address: tcp }, {}, { address: tcp, proxy: 0 }],
    [{ address: tcp, sendProxy: 2 }, { sendProxy: true }, { address: tcp, proxy: 2 }],
    [{ address: tcp, sendProxy: 2 }, {}, { address: tcp, proxy: 0 }],
    [
      { address: tcp, sendProxy: 1 },
      { port: 81, sendProxy: true },
      { address: { ...tcp, port: 81 }, proxy: 1 },
    ],
    [
      { address: tcp, sendProxy: 2 },
      { host: '10.0.0.9', sendProxy: true },
      { address: { ...tcp, host: '10.0.0.9' }, proxy: 2 },
    ],
    [{ address: tcp }, { sendProxy: true }, { address: tcp, proxy: 1 }],
    [{ address: { ...tcp, host: '' } }, {}, { address: { ...tcp, host: '0.0.0.0' }, proxy: 0 }],
    [{ address: unix }, {}, { address: unix, proxy: 0 }],
    [{ address: unix }, { host: '10.0.0.1', port: 80 }, { address: tcp, proxy: 0 }],
  ] as const;
  for (const [server, check, expected] of cases) {
    it(`${JSON.stringify(server)} with ${JSON.stringify(check)}`, () => {
      assert.deepEqual(destinationOf(serverConfig('a', { ...server, check: { ...checkConfig, ...check } })), expected);
    });
  }
});
