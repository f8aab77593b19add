import type { Frontend } from '../model/snapshot.ts';
import type { CreateEngine } from '../engine/contract.ts';
import { httpProxyEngines } from '../engine/http-proxy/engine.ts';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import { wireEngines } from '../engine/wire/engine.ts';

/** The engines a frontend can name with `engine`. Each call creates a family of engines that share pools and buffers. */
export const engines: Record<Frontend['engine'], (hooks?: Hooks) => CreateEngine> = {
  wire: () => wireEngines(),
  'http-proxy': (hooks = {}) => httpProxyEngines(hooks),
};
