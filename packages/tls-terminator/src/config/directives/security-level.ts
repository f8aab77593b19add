import type { ServiceDirective } from '../directive.ts';
import { integer } from '../values.ts';

export const securityLevel: ServiceDirective = {
  summary: "OpenSSL's floor for keys, hashes and versions; 0 has none, 2 asks for RSA 2048 or better.",
  takes: '0 to 5',
  default: "OpenSSL's, 2",
  example: 'securityLevel = 2',
  apply(value, draft, problems) {
    draft.securityLevel = integer(value, 0, 5, problems);
  },
};
