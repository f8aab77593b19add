/** Every option by name. To add one, add an entry to the table of its family. */
import type { GlobalDirective, ServiceDirective } from './directive.ts';
import { acme } from './directives/acme.ts';
import { addresses } from './directives/addresses.ts';
import { certificates } from './directives/certificates.ts';
import { control } from './directives/control.ts';
import { limits } from './directives/limits.ts';
import { logging, serviceLogging } from './directives/logging.ts';
import { processOptions, socketOwner } from './directives/process.ts';
import { sessions } from './directives/sessions.ts';
import { processSwitches, serviceSwitches } from './directives/switches.ts';
import { negotiation } from './directives/negotiation.ts';
import { opensslCommands } from './directives/openssl-commands.ts';
import { preSharedKeys } from './directives/pre-shared-keys.ts';
import { tls } from './directives/tls.ts';
import { verification } from './directives/verification.ts';

/** Options for the whole process, allowed before the first section only. */
export const globalDirectives: Readonly<Record<string, GlobalDirective>> = {
  ...processOptions,
  ...logging,
  ...control,
  ...processSwitches,
};

/** Options of one service; before the first section they are defaults for all. */
export const serviceDirectives: Readonly<Record<string, ServiceDirective>> = {
  ...addresses,
  ...negotiation,
  ...certificates,
  ...acme,
  ...verification,
  ...preSharedKeys,
  ...tls,
  ...opensslCommands,
  ...sessions,
  ...limits,
  ...serviceLogging,
  ...socketOwner,
  ...serviceSwitches,
};
