/** Fetches of the bind, the numbers of proxies and the connection to the server, in running routers beside HAProxy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { ALL, OURS, startWay, type Way } from '../../support/ways.ts';

const HERE = '%[fe_id] %[so_id] %[so_name] %[dst_conn] %[http_first_req] %[stopping]';
const THERE = '%[be_id] %[bc_dst] %[bc_src] %[bc_http_major]';

async function seen(t: TestContext, way: Way): Promise<readonly string[]> {
  const { origin, port } = await startWay(t, way, {
    bind: 'name door',
    frontend: [
      `http-request return status 200 content-type text/plain lf-string "${HERE}" if { path /here }`,
      `http-response set-header X-There "${THERE}"`,
      'http-response set-header X-Port "%[bc_dst_port] %[bc_src_port]"',
    ],
  });
  const client = await openRaw(t, port);
  client.send('GET /here HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/\r\n\r\n.+/);
  client.send('GET /there HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect(/x-there[^]*\r\n\r\n./i);
  const other = await openRaw(t, port);
  other.send('GET /here HTTP/1.1\r\nHost: a\r\n\r\n');
  await other.expect(/\r\n\r\n.+/);
  client.send('GET /here HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const text = await client.rest();
  const [, to, from] = /x-port: (\d+) (\d+)/i.exec(text) ?? [];
  assert.equal(Number(to), origin.port);
  assert.ok(Number(from) > 0, text);
  return [...(text + other.text).matchAll(/(?:\r\n\r\n(?=[\d-])|x-there: )([^\r\n]+?)(?=HTTP|\r|$)/gi)].map(
    ([, value = '']) => value,
  );
}

test(
  'fetches of the bind and of the server connection are those of HAProxy',
  { skip: missing('haproxy') },
  async (t) => {
    const [theirs, ...ours] = await Promise.all(ALL.map((way) => seen(t, way)));
    assert.equal(theirs?.length, 4);
    for (const [index, way] of OURS.entries()) assert.deepEqual(ours[index], theirs, way.name);
  },
);
