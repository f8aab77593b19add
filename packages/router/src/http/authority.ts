import type { Fields } from './fields.ts';

const absolute = /^(https?):\/\/([^/?#]+)(.*)$/i;

/**
 * The head of a request whose target names its authority (absolute-form, and CONNECT's authority-form), rewritten so that
 * its Host agrees: rules read Host, servers read the target (RFC 9112 §3.2.2), and a difference would let a request
 * bypass the rules of the site it reaches. A missing Host is added last, a Host that spells the same place differently
 * is replaced, and `http://host` becomes `http://host/` (RFC 9110 §4.2.3), so that rules on paths see one. `text` has passed
 * the checks of its target. Undefined when nothing needs to change. Pure.
 */
export function withOneAuthority(text: string, verb: string, target: string, fields: Fields): string | undefined {
  if (target.startsWith('/') || target === '*') return undefined;
  const [, scheme = '', named = target, rest = '/'] = absolute.exec(target) ?? [];
  const authority = scheme === '' ? named : withoutDefaultPort(named, scheme.toLowerCase());
  // OPTIONS without a path is about the server itself, as `*` is (RFC 9112 §3.2.4).
  const path = rest === '' && verb !== 'OPTIONS' ? '/' : '';
  const at = fields.names.indexOf('host');
  const host = fields.values[at];
  const agrees = host !== undefined && (scheme === '' || host.toLowerCase() === authority.toLowerCase());
  if (path === '' && agrees) return undefined;
  const { section, starts } = fields;
  const line = text.slice(0, text.indexOf('\r\n') + 2).replace(target, () => target + path);
  if (agrees) return `${line}${section}\r\n`;
  const own = `Host: ${authority}\r\n`;
  if (host === undefined) return `${line}${section}${own}\r\n`;
  return `${line}${section.slice(0, starts[at])}${own}${section.slice(starts[at + 1])}\r\n`;
}

/** `host:80` of `http` and `host:443` of `https` without the port, as HAProxy passes them on. */
export function withoutDefaultPort(authority: string, scheme: string): string {
  const suffix = scheme === 'https' ? ':443' : ':80';
  return authority.endsWith(suffix) ? authority.slice(0, -suffix.length) : authority;
}
