import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

/** The values of every line with this name, in order. */
function lines(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
}

interface Case {
  readonly option: string;
  readonly header: string;
  readonly from: string;
  readonly sent?: string;
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  { option: 'option forwardfor', header: 'x-forwarded-for', from: '127.0.0.9', expected: ['127.0.0.9'] },
  {
    option: 'option forwardfor',
    header: 'x-forwarded-for',
    from: '127.0.0.9',
    sent: '6.6.6.6',
    expected: ['6.6.6.6', '127.0.0.9'],
  },
  { option: 'option forwardfor except 127.0.0.8/29', header: 'x-forwarded-for', from: '127.0.0.9', expected: [] },
  {
    option: 'option forwardfor except 127.0.0.8/29',
    header: 'x-forwarded-for',
    from: '127.0.0.2',
    expected: ['127.0.0.2'],
  },
  { option: 'option forwardfor header X-Client', header: 'x-client', from: '127.0.0.9', expected: ['127.0.0.9'] },
  {
    option: 'option forwardfor if-none',
    header: 'x-forwarded-for',
    from: '127.0.0.9',
    sent: '6.6.6.6',
    expected: ['6.6.6.6'],
  },
];

for (const { option, header, from, sent, expected } of CASES) {
  const what = `${option}, client ${from}${sent === undefined ? '' : `, which sent ${sent}`}`;
  forEachRouter(`${what}: the server reads ${header}: ${expected.join(' and ') || 'nothing'}`, async (t, router) => {
    const app = await startApp(t);
    const { url } = await startRouting(t, router, { backend: [option, `server one 127.0.0.1:${app.port}`] });
    const echo = echoOf(await request(url, { from, headers: sent === undefined ? {} : { [header]: sent } }));
    assert.deepEqual(lines(echo.rawHeaders, header), expected);
  });
}
