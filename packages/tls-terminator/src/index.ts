/** The public interface of `@headgate/tls-terminator`: what is not named here may change in any version. */
export { createTerminator } from './api/create-terminator.ts';
export type { Configuration, Terminator, TerminatorOptions } from './api/create-terminator.ts';
export { ConfigurationError } from '@headgate/shared/process/embed';
export type { CloseOptions, EmbeddedLogger } from '@headgate/shared/process/embed';
