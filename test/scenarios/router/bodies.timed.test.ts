/** Bodies that do not come in time, beside HAProxy: the answers and the log lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { steady } from '../../support/beside.ts';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { ALL, OURS, startWay, type Way } from '../../support/ways.ts';

const UPLOAD = 'POST /up HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nab';
const DOWNLOAD = 'GET /down HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n';

interface Case {
  readonly parts: RoutingParts;
  readonly request: string;
}

const CASES: Readonly<Record<string, Case>> = {
  'http-request wait-for-body': { parts: { frontend: ['http-request wait-for-body time 300ms'] }, request: UPLOAD },
  'http-request wait-for-body in a backend': {
    parts: { backend: ['http-request wait-for-body time 300ms at-least 3'] },
    request: UPLOAD,
  },
  'option http-buffer-request': {
    parts: { defaults: ['option http-buffer-request', 'timeout http-request 300ms'] },
    request: UPLOAD,
  },
  'http-response wait-for-body': {
    parts: { backend: ['http-response wait-for-body time 300ms'] },
    request: DOWNLOAD,
  },
};

async function outcome(t: TestContext, way: Way, { parts, request }: Case): Promise<readonly string[]> {
  const { origin, port, syslog } = await startWay(t, way, parts);
  origin.replies.set('/down', (_, { socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'));
  const client = await openRaw(t, port);
  client.send(request);
  const answer = (await client.rest()).toLowerCase();
  const line = await syslog.message(/HTTP\/1\.1"/);
  return [answer, steady(line), `${origin.requests.length} requests reached the server`];
}

for (const [name, about] of Object.entries(CASES)) {
  test(
    `${name}: one that does not come in time is answered and logged as by HAProxy`,
    { skip: missing('haproxy') },
    async (t) => {
      const [theirs, ...ours] = await Promise.all(ALL.map((way) => outcome(t, way, about)));
      assert.match(theirs?.[0] ?? '', /^http\/1\.1 (?:408|504) /);
      for (const [index, { name }] of OURS.entries()) assert.deepEqual(ours[index], theirs, name);
    },
  );
}
