import type { Frontend } from '../model/snapshot.ts';
import type { CreateEngine } from '../engine/contract.ts';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import { upgradingEngines } from '../engine/tcp/upgrading.ts';
import { wireEngines } from '../engine/wire/engine.ts';

/**
 * The engines a frontend can name with `engine`. Each call creates a family of engines that share pools and buffers. Node's HTTP and the
 * http-proxy package are loaded by the first frontend that wants them: 20 MB that most routers need not have.
 */
export const engines: Record<Frontend['engine'], (hooks?: Hooks) => Promise<CreateEngine>> = {
  wire: () => Promise.resolve(wireEngines()),
  tcp: () => Promise.resolve(upgradingEngines(wireEngines())),
  'http-proxy': async (hooks = {}) => (await import('../engine/http-proxy/engine.ts')).httpProxyEngines(hooks),
};
