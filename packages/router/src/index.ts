/** The public interface of `@headgate/router`: what is not named here may change in any version. */
export { createRouter } from './api/create-router.ts';
export type { CloseOptions, Router, RouterLogger, RouterOptions } from './api/create-router.ts';
export type { Hooks } from './engine/http-proxy/hooks.ts';
export type { ConnectionFacts, RequestFacts } from './model/facts.ts';
export { ConfigurationError } from './api/configuration.ts';
export type { Configuration } from './api/configuration.ts';
export { NotApplied } from './run/binds.ts';
export type { Unbound } from './run/binds.ts';
