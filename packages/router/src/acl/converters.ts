import { hostOnly } from './converters/host_only.ts';
import { lower } from './converters/lower.ts';
import { upper } from './converters/upper.ts';

/** Every converter, text to text, by its keyword (HAProxy configuration manual §7.3.1): `hdr(host),host_only,lower`. */
export const converters = { host_only: hostOnly, lower, upper } as const satisfies Record<
  string,
  (text: string) => string
>;
