import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendConfig, serverConfig } from '../backend/testing.ts';
import { SharedParts } from './share-parts.ts';

test('backends that say the same share it, and what differs stays as it is', () => {
  const parts = new SharedParts();
  const made = [5000, 5000, 9000].map((server) => {
    const backend = backendConfig([serverConfig('a')]);
    return parts.of({ ...backend, timeouts: { ...backend.timeouts, server }, retryOn: new Set(backend.retryOn) });
  });
  const [one, same, other] = made;
  assert.equal(one?.timeouts, same?.timeouts);
  assert.equal(one?.retryOn, same?.retryOn);
  assert.equal(one?.requestRules, other?.requestRules);
  assert.equal(other?.timeouts.server, 9000);
  assert.notEqual(one?.servers, same?.servers);
});

test('two expressions to balance by are never taken for one', () => {
  const parts = new SharedParts();
  const balance = (expression: () => string): ReturnType<typeof backendConfig>['balance'] => ({
    name: 'hash',
    args: [],
    hash: 'map-based',
    expression,
  });
  const [one, other] = [(): string => 'one', (): string => 'other'].map((expression) =>
    parts.of({ ...backendConfig([]), balance: balance(expression) }),
  );
  assert.notEqual(one?.balance.expression, other?.balance.expression);
});
