import type { ProxyDirective } from '../directive.ts';
import { FRONTENDS } from '../sections.ts';

/** Certificates of a frontend. What they mean is the terminator's business. */
export const certificates = {
  'ssl-f-use': {
    sections: FRONTENDS,
    doc: 'A certificate of every `bind … ssl` of the frontend that names none itself (HAProxy 3.2): `crt FILE`, and what a line of a crt-list may say of it: `key FILE`, `ocsp-update on`, `alpn`, `verify`, `ssl-min-ver`… The first one is for clients that request no name, or an unknown one. It needs `headgate`, as `bind … ssl` does.',
    example: 'ssl-f-use crt /etc/ssl/shop.pem\nssl-f-use crt /etc/ssl/api.crt key /etc/ssl/api.key ssl-min-ver TLSv1.3',
    apply(cursor, draft) {
      const first = cursor.need("'crt FILE'");
      if (first !== undefined)
        draft.certificates.push({ words: [{ text: 'ssl-f-use', at: first.at }, first, ...cursor.rest()] });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
