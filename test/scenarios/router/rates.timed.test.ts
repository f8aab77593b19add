/** The sliding arithmetic of rates, compared with HAProxy's: it tells its own time with each rate, and ours is fed with that. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { addToRate, readRate } from '@headgate/router/tables/rate';
import { freePort } from '../../support/ports.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const PERIOD = 400;
/** Milliseconds between requests: bursts, gaps within a period, gaps of more than one and more than two. */
const GAPS: readonly number[] = [
  0, 0, 0, 7, 30, 60, 11, 0, 0, 90, 150, 3, 0, 0, 0, 0, 210, 40, 390, 5, 0, 0, 410, 20, 20, 20, 20, 20, 500, 0, 0, 790,
  1, 1, 1, 30, 830, 0, 0, 0, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 199, 201, 397, 403, 0, 0, 0, 0, 0, 0, 0, 0,
  100, 100,
];

test(
  'a rate is what HAProxy computes at the same moments',
  { skip: missing('haproxy'), timeout: 60_000 },
  async (t) => {
    const port = await freePort();
    const config = `defaults
 mode http
 timeout client 10s
 timeout connect 10s
 timeout server 10s
global
 nbthread 1
frontend f
 bind 127.0.0.1:${port}
 stick-table type integer size 10 expire 1h store http_req_rate(${PERIOD}ms)
 http-request track-sc0 int(1) if { path /count }
 http-request return status 200 content-type text/plain lf-string "<%[date(0,ms)] %[int(1),table_http_req_rate(f)]>"
`;
    await startProgram(t, 'haproxy', new TempDir(t).write('haproxy.cfg', config), [port]);
    const client = await openRaw(t, port);
    const answers = (): readonly (readonly number[])[] =>
      [...client.text.matchAll(/<(\d+) (\d+)>/g)].map(([, time, rate]) => [Number(time), Number(rate)]);
    const seen: { readonly time: number; readonly rate: number; readonly counted: boolean }[] = [];
    for (const [index, gap] of GAPS.entries()) {
      if (gap > 0) await pause(gap);
      // Every third request only looks.
      const counted = index % 3 !== 2;
      client.send(`GET ${counted ? '/count' : '/look'} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const [time = 0, rate = 0] = await until('the answer', () => answers()[index]);
      seen.push({ time, rate, counted });
    }
    // HAProxy's clock for rates is this one, a fraction of a millisecond apart: one shift explains every rate.
    const explained = [0, 1].map((shift) => {
      const values = [0, 0, 0];
      return seen.map(({ time, counted }) => {
        const now = (time % 100_000_000) + shift;
        if (counted) addToRate(values, 0, now, PERIOD, 1);
        return readRate(values, 0, now, PERIOD);
      });
    });
    const theirs = seen.map(({ rate }) => rate);
    const best = explained.find((ours) => ours.every((rate, index) => rate === theirs[index]));
    assert.deepEqual(best ?? explained[0], theirs);
    // On a slow machine the gaps are longer, and the rates fewer.
    assert.ok(new Set(theirs).size > 3);
  },
);
