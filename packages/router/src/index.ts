/** The public interface of `@headgate/router`: what is not named here may change in any version. */
export { createRouter } from './api/create-router.ts';
export type { Router, RouterOptions } from './api/create-router.ts';
export type { Configuration } from './api/configuration.ts';
export type { Hooks } from './engine/http-proxy/hooks.ts';
export type { ConnectionFacts, RequestFacts } from './model/facts.ts';
export { NotApplied } from './run/binds.ts';
export type { Unbound } from './run/binds.ts';
export { ConfigurationError } from '@headgate/shared/process/embed';
export type { CloseOptions, EmbeddedLogger } from '@headgate/shared/process/embed';
