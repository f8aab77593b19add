import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBench } from '../testing.ts';
import { wireEngines } from '../wire/engine.ts';
import { upgradingEngines } from './upgrading.ts';

test('when another process takes over, idle connections that became requests keep their time as well', async (t) => {
  const { engine } = await startBench(t, () => undefined, { engine: 'tcp', frontend: ['mode tcp'] });
  const [wire, drained]: [ReturnType<typeof wireEngines>, unknown[]] = [wireEngines(), []];
  const upgrading = upgradingEngines((context) =>
    Object.assign(wire(context), { drain: (...how: readonly unknown[]) => drained.push(how) }),
  )(engine.context);
  upgrading.drain(5000, true);
  upgrading.drain();
  assert.deepEqual(drained, [
    [5000, true],
    [undefined, undefined],
  ]);
});
