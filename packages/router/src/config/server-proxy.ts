/** Words of `server` about PROXY headers to it. */
import { nearest } from '@headgate/shared/config/suggest';
import { PROXY_OPTIONS, type ProxyOption } from '../model/server.ts';
import type { Server } from '../model/snapshot.ts';
import type { ServerParameters } from './server-draft.ts';
import type { ServerParameter } from './server-words.ts';

type Flag = 'v1' | 'v2' | ProxyOption;

function set(parameters: ServerParameters, ...flags: readonly Flag[]): void {
  parameters.proxy = new Set([...(parameters.proxy ?? []), ...flags]);
}

function word(example: string, doc: string, ...flags: readonly Flag[]): ServerParameter {
  return { doc, example, apply: (parameters) => set(parameters, ...flags) };
}

function negation(example: string, doc: string, ...flags: readonly Flag[]): ServerParameter {
  return {
    doc,
    example,
    apply(parameters) {
      parameters.proxy = new Set([...(parameters.proxy ?? [])].filter((flag) => !flags.includes(flag)));
    },
  };
}

/** By keyword. As in HAProxy each word turns flags on or off, whatever comes first, and version 2 wins. */
export const PROXY_WORDS: Readonly<Record<string, ServerParameter>> = {
  'send-proxy': word('send-proxy', 'Begins connections with a PROXY header, version 1.', 'v1'),
  'send-proxy-v2': word('send-proxy-v2', 'Begins connections with a PROXY header, version 2.', 'v2'),
  'send-proxy-v2-ssl': word(
    'send-proxy-v2-ssl',
    "As `send-proxy-v2`, with what is known of the client's TLS connection.",
    'v2',
    'ssl',
  ),
  'send-proxy-v2-ssl-cn': word(
    'send-proxy-v2-ssl-cn',
    "As `send-proxy-v2-ssl`, with the common name of the client's certificate.",
    'v2',
    'ssl',
    'cert-cn',
  ),
  'no-send-proxy': negation('no-send-proxy', 'Undoes send-proxy.', 'v1'),
  'no-send-proxy-v2': negation('no-send-proxy-v2', 'Undoes send-proxy-v2.', 'v2'),
  'no-send-proxy-v2-ssl': negation('no-send-proxy-v2-ssl', 'Undoes send-proxy-v2-ssl.', 'v2', 'ssl'),
  'no-send-proxy-v2-ssl-cn': negation(
    'no-send-proxy-v2-ssl-cn',
    'Undoes send-proxy-v2-ssl-cn.',
    'v2',
    'ssl',
    'cert-cn',
  ),
  'proxy-v2-options': {
    doc: "What a PROXY header of version 2 says besides addresses, separated by commas: `ssl` (the client's version of TLS, and whether it showed a certificate), `cert-cn` (its common name), `ssl-cipher`, `cert-sig` and `cert-key` (of our certificate), `authority` (the name it asked for), `crc32c` (a checksum), `unique-id` (of `unique-id-format`).",
    example: 'send-proxy-v2 proxy-v2-options ssl,cert-cn,authority,crc32c',
    apply(parameters, cursor, { problems }) {
      const written = cursor.need(`options: ${PROXY_OPTIONS.join(', ')}`);
      for (const name of written?.text.split(',') ?? []) {
        const option = PROXY_OPTIONS.find((one) => one === name);
        if (option === undefined) {
          problems.error(cursor.at, `unknown option '${name}' of 'proxy-v2-options'`, nearest(name, PROXY_OPTIONS));
        } else if (option.startsWith('cert') || option.startsWith('ssl')) set(parameters, 'ssl', option);
        else set(parameters, option);
      }
    },
  },
};

/** HAProxy sends version 1 where any of the words is on, and version 2 is not. */
export function proxyVersion({ proxy }: ServerParameters): Server['sendProxy'] {
  if (proxy === undefined || proxy.size === 0) return 0;
  return proxy.has('v2') ? 2 : 1;
}

export function proxyOptions({ proxy }: ServerParameters): Server['proxyOptions'] {
  const options = proxy?.has('v2') === true ? PROXY_OPTIONS.filter((option) => proxy.has(option)) : [];
  return options.length === 0 ? undefined : options;
}
