import assert from 'node:assert/strict';
import { startChromium } from '../../support/chromium.ts';
import { startArticle } from '../../support/pairing.ts';
import { freePort } from '../../support/ports.ts';
import { TestProcess } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { forEachPair } from '../../support/scenario.ts';

forEachPair(
  'a click in one browser tab shows in another over wss',
  async (t, terminator, router) => {
    const maps = await freePort();
    const app = new TestProcess(t, process.execPath, [inRepository('examples/maps/app.ts'), '--port', String(maps)]);
    await app.ready([maps]);
    const { https } = await startArticle(t, terminator, router, { maps, coltrane: await freePort() });

    const browser = await startChromium(t, ['dev-maps01']);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const [one, two] = [await context.newPage(), await context.newPage()];
    const sockets: string[] = [];
    one.on('websocket', (socket) => sockets.push(socket.url()));
    for (const tab of [one, two]) {
      await tab.goto(`https://dev-maps01:${https}/`);
      await tab.getByText('connected (websocket)').waitFor();
    }
    await one.locator('#map').click({ position: { x: 50, y: 60 } });
    await two.locator('#count', { hasText: '1' }).waitFor();
    assert.equal(await two.locator('circle.pin').count(), 1);
    assert.ok(
      sockets.some((url) => url.startsWith(`wss://dev-maps01:${https}/socket.io/`)),
      sockets.join(),
    );
  },
  ['chromium'],
);
