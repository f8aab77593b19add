import type { ServiceDirective } from '../directive.ts';
import { tlsVersion } from '../tls-versions.ts';

const takes = 'all | TLSv1 | TLSv1.1 | TLSv1.2 | TLSv1.3';

export const sslVersion: ServiceDirective = {
  summary: 'The only protocol version spoken: sets both ends.',
  takes,
  default: 'TLSv1.2 and TLSv1.3',
  example: 'sslVersion = TLSv1.3',
  apply(value, draft, problems) {
    const version = tlsVersion(value, problems);
    if (version === undefined) return;
    draft.minVersion = version === 'all' ? 'TLSv1' : version;
    draft.maxVersion = version === 'all' ? 'TLSv1.3' : version;
  },
};

export const sslVersionMin: ServiceDirective = {
  summary: 'Oldest protocol version spoken.',
  takes,
  default: 'TLSv1.2',
  example: 'sslVersionMin = TLSv1.2',
  apply(value, draft, problems) {
    const version = tlsVersion(value, problems);
    if (version !== undefined) draft.minVersion = version === 'all' ? 'TLSv1' : version;
  },
};

export const sslVersionMax: ServiceDirective = {
  summary: 'Newest protocol version spoken.',
  takes,
  default: 'TLSv1.3',
  example: 'sslVersionMax = TLSv1.3',
  apply(value, draft, problems) {
    const version = tlsVersion(value, problems);
    if (version !== undefined) draft.maxVersion = version === 'all' ? 'TLSv1.3' : version;
  },
};
