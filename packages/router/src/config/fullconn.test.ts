import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendConfig, serverConfig } from '../backend/testing.ts';
import { frontendOf } from '../rules/testing.ts';
import { withFullconn } from './fullconn.ts';

test('fullconn is a tenth of the connections of the frontends that lead to a backend by name', () => {
  const backend = backendConfig([serverConfig('a', { minconn: 1, maxconn: 10 })]);
  const leading = { ...frontendOf('use_backend be if { path /x }').frontend, maxconn: 300 };
  const last = { ...frontendOf('default_backend be').frontend, maxconn: 0 };
  const other = { ...frontendOf('default_backend other').frontend, maxconn: 5000 };
  const made = { ...frontendOf('use_backend %[path]').frontend, maxconn: 5000 };
  assert.equal(withFullconn(backend, [leading, last, other, made], 1000).fullconn, 130);
  assert.equal(withFullconn(backend, [leading], 0).fullconn, 30);
  assert.equal(withFullconn(backend, [{ ...leading, maxconn: 5 }], 0).fullconn, 1);
  assert.equal(withFullconn(backend, [last], 0).fullconn, 0);
  assert.equal(withFullconn({ ...backend, fullconn: 7 }, [leading], 0).fullconn, 7);
  const plain = backendConfig([serverConfig('a', { maxconn: 10 })]);
  assert.equal(withFullconn(plain, [leading], 0), plain);
});
