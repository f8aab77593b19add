import type { Frontend } from '../model/snapshot.ts';
import type { CreateEngine } from '../engine/contract.ts';
import { createHttpProxyEngine } from '../engine/http-proxy/engine.ts';
import { wireEngines } from '../engine/wire/engine.ts';

/** The engines a frontend can name with `engine`. Each call makes a family that shares what its engines can share. */
export const engines: Record<Frontend['engine'], () => CreateEngine> = {
  wire: wireEngines,
  'http-proxy': () => createHttpProxyEngine,
};
