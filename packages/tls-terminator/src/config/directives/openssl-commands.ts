import { nearest } from '@headgate/shared/config/suggest';
import type { ServiceDirective } from '../directive.ts';
import { tls } from './tls.ts';

/** Commands of SSL_CONF_cmd(3ssl) that an option of ours does, in lower case. */
const COMMANDS: Readonly<Record<string, ServiceDirective>> = {
  minprotocol: tls.sslVersionMin,
  maxprotocol: tls.sslVersionMax,
  cipherstring: tls.ciphers,
  ciphersuites: tls.ciphersuites,
  curves: tls.curves,
  groups: tls.curves,
};

/** OpenSSL's configuration commands, as stunnel takes them. */
export const opensslCommands = {
  config: {
    summary:
      'An OpenSSL configuration command (SSL_CONF_cmd): MinProtocol, MaxProtocol, CipherString, Ciphersuites, Curves or Groups. The options of this page do the same.',
    takes: 'COMMAND:PARAMETER',
    default: 'none',
    example: 'config = MinProtocol:TLSv1.2',
    repeatable: true,
    apply(value, draft, problems) {
      const colon = value.text.indexOf(':');
      const name = value.text.slice(0, Math.max(colon, 0)).trim();
      const command = Object.hasOwn(COMMANDS, name.toLowerCase()) ? COMMANDS[name.toLowerCase()] : undefined;
      const names = ['MinProtocol', 'MaxProtocol', 'CipherString', 'Ciphersuites', 'Curves', 'Groups'];
      if (command === undefined)
        problems.error(
          value.at,
          `OpenSSL's command '${name || value.text}' is not supported: there are ${names.join(', ')}`,
          nearest(name, names),
        );
      else command.apply({ ...value, text: value.text.slice(colon + 1).trim() }, draft, problems);
    },
  },
} as const satisfies Record<string, ServiceDirective>;
