import type { Backend, Frontend } from '../model/snapshot.ts';

/**
 * The load at which servers with `minconn` reach their `maxconn`, where no `fullconn` is given: a tenth of the connections of all
 * frontends that lead there by name (HAProxy). `maxconn`: the process's own, for frontends without one; 0, no limit, grows nothing.
 */
export function withFullconn(backend: Backend, frontends: readonly Frontend[], maxconn: number): Backend {
  if (backend.fullconn !== 0 || backend.servers.every(({ minconn }) => minconn === 0)) return backend;
  const leading = frontends.filter(
    ({ defaultBackend, useBackends }) =>
      defaultBackend === backend.name ||
      useBackends.some(({ backend: name, made }) => made === undefined && name === backend.name),
  );
  const total = leading.reduce((sum, frontend) => sum + (frontend.maxconn || maxconn), 0);
  return total === 0 ? backend : { ...backend, fullconn: Math.max(1, Math.floor(total / 10)) };
}
