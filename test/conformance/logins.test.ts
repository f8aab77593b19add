import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { engineStatements, ENGINES } from '../support/engines.ts';
import { loginSteps, logsConnectionsIn, withCredentials } from '../support/login.ts';
import { Origin } from '../support/origin.ts';
import { missing } from '../support/programs.ts';
import { startLanes } from '../support/lanes.ts';
import type { Lane } from '../support/lanes.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { startRouting } from '../support/routing.ts';
import type { Statements } from '../support/routing.ts';

/** Connection-based logins (NTLM, Negotiate) must apply to their own client only. */

const MODES = ['safe', 'aggressive', 'always', 'never'] as const;

interface Subject {
  readonly name: string;
  readonly router: 'haproxy' | 'router';
  readonly frontend: Statements;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'haproxy', router: 'haproxy', frontend: [] },
  ...ENGINES.map((engine) => ({
    name: `${engine} engine`,
    router: 'router' as const,
    frontend: engineStatements(engine),
  })),
];

/** Sends a request and returns the status of its answer. */
async function status(client: RawSocket, request: string): Promise<string> {
  const before = client.text.length;
  client.send(request);
  const text = await client.expect(new RegExp(`^[^]{${before}}HTTP/1\\.1 \\d+ [^]*\\r\\n\\r\\n(no|welcome)$`));
  return text.slice(before + 9, before + 12);
}

async function logIn(client: RawSocket, scheme?: string): Promise<readonly string[]> {
  const statuses: string[] = [];
  for (const credentials of loginSteps(scheme)) statuses.push(await status(client, withCredentials(credentials)));
  return statuses;
}

const WELCOMED = ['401', '401', '200', '200'];

interface Case {
  readonly backend: Statements;
  readonly servers?: number;
  readonly run: (t: TestContext, lane: Lane) => Promise<void>;
}

/** Cases by their sentence. */
type Cases = Readonly<Record<string, Case>>;

/** Whether a login applies to its own client only, whatever is shared. */
const SHARING: Cases = Object.fromEntries(
  MODES.map((mode): [string, Case] => [
    `under http-reuse ${mode} a login applies to its own client only`,
    {
      backend: [`http-reuse ${mode}`, 'balance roundrobin'],
      servers: 2,
      async run(t, { port, origins }) {
        for (const origin of origins) logsConnectionsIn(origin);
        const owner = await openRaw(t, port);
        assert.deepEqual(await logIn(owner), WELCOMED);
        for (let round = 0; round < 4; round += 1) {
          const stranger = await openRaw(t, port);
          for (let request = 0; request < 3; request += 1)
            assert.equal(await status(stranger, withCredentials(undefined)), '401', 'a stranger is not logged in');
          stranger.end();
          assert.equal(await status(owner, withCredentials(undefined)), '200', 'the login lasts');
        }
        // Nor is it inherited by a later client.
        owner.socket.destroy();
        const heir = await openRaw(t, port);
        for (let request = 0; request < 3; request += 1)
          assert.equal(await status(heir, withCredentials(undefined)), '401');
      },
    },
  ]),
);

const OFFERS: Cases = Object.fromEntries(
  [
    'Basic realm="a", NTLM',
    'negotiate',
    'Basic realm="a"\r\nWWW-Authenticate: Negotiate',
    'Basic realm="a"\r\nProxy-Authenticate: NTLM',
  ].map((offer): [string, Case] => [
    `a connection on which ${JSON.stringify(offer)} was offered is no longer shared`,
    {
      backend: ['http-reuse always'],
      async run(t, { port, origins }) {
        for (const origin of origins) logsConnectionsIn(origin, 'NTLM', offer);
        const connections: (RawSocket | undefined)[] = [];
        for (let client = 0; client < 3; client += 1) {
          const raw = await openRaw(t, port);
          for (let request = 0; request < 2; request += 1)
            assert.equal(await status(raw, withCredentials(undefined)), '401');
          const [first, second] = (origins[0]?.requests ?? []).slice(-2).map(({ connection }) => connection);
          assert.equal(first, second, 'kept for its own client');
          connections.push(first);
        }
        assert.equal(new Set(connections).size, 3);
      },
    },
  ]),
);

const BASIC: Cases = {
  'a connection with a per-request login (Basic) is shared like any other': {
    backend: ['http-reuse always'],
    async run(t, { port, origins }) {
      for (const origin of origins) logsConnectionsIn(origin, 'NTLM', 'Basic realm="NTLM"');
      for (let client = 0; client < 3; client += 1) {
        const raw = await openRaw(t, port);
        assert.equal(await status(raw, withCredentials('Basic TlRMTTpOVExN')), '401');
        raw.end();
        await raw.ended();
      }
      assert.equal(new Set(origins[0]?.requests.map(({ connection }) => connection)).size, 1);
    },
  },
};

/** HAProxy only considers what a server offers; here a client that starts a login by itself also makes its connection private. */
const STARTED_BY_CLIENTS: Cases = Object.fromEntries(
  [
    ['Negotiate', 'Negotiate', 'Negotiate', 'Negotiate'],
    ['in another letter case', 'ntlm', 'nTlM', 'ntlm'],
    ['that the server never offers', 'NTLM', 'NTLM', 'Basic'],
  ].map(([what, server, scheme, offer]): [string, Case] => [
    `a login ${what} started by the client`,
    {
      backend: ['http-reuse always'],
      async run(t, { port, origins }) {
        for (const origin of origins) logsConnectionsIn(origin, server, offer);
        const owner = await openRaw(t, port);
        const statuses: string[] = [];
        for (const credentials of loginSteps(scheme).slice(1))
          statuses.push(await status(owner, withCredentials(credentials)));
        assert.deepEqual(statuses, WELCOMED.slice(1));
        const stranger = await openRaw(t, port);
        assert.equal(await status(stranger, withCredentials(undefined)), '401');
      },
    },
  ]),
);

const UPLOADS: Cases = {
  'an upload is part of the login too': {
    backend: ['http-reuse safe'],
    async run(t, { port, origins }) {
      for (const origin of origins) logsConnectionsIn(origin);
      const owner = await openRaw(t, port);
      assert.deepEqual(await logIn(owner), WELCOMED);
      assert.equal(await status(owner, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'), '200');
    },
  },
};

for (const { name, router, frontend } of SUBJECTS) {
  test(`${name}: logins of connections`, { skip: missing(router), timeout: 300_000 }, async (t) => {
    const ours = router === 'router';
    const cases = Object.entries({
      ...SHARING,
      ...(ours && { ...STARTED_BY_CLIENTS, ...UPLOADS }),
      ...OFFERS,
      ...BASIC,
    })
      // HAProxy reads only the field that matches the status.
      .filter(([sentence]) => ours || !sentence.includes('Proxy-'));
    const lanes = await startLanes(
      t,
      router,
      cases.map(([, part]) => part),
      { frontend },
    );
    for (const [index, [sentence, { run }]] of cases.entries()) {
      const lane = lanes[index];
      if (lane !== undefined) await t.test(sentence, (inner) => run(inner, lane));
    }
  });

  if (router === 'haproxy') continue;
  test(`${name}: a login over send-proxy`, { timeout: 300_000 }, async (t) => {
    const origin = await Origin.listen(t);
    logsConnectionsIn(origin);
    const front = await startRouting(t, 'router', {
      frontend,
      bind: 'accept-proxy',
      backend: [`server one 127.0.0.1:${origin.port}`],
    });
    const { port } = await startRouting(t, 'router', {
      frontend,
      backend: ['http-reuse always', `server one 127.0.0.1:${front.port} send-proxy`],
    });
    const owner = await openRaw(t, port);
    assert.deepEqual(await logIn(owner), WELCOMED);
    const stranger = await openRaw(t, port);
    assert.equal(await status(stranger, withCredentials(undefined)), '401');
  });
}
