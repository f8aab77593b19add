import { readFileSync } from 'node:fs';

/** Names that a TLS terminator meets, for systems without /etc/services: most containers. */
const USUAL: readonly (readonly [string, number])[] = [
  ['smtp', 25],
  ['http', 80],
  ['pop3', 110],
  ['nntp', 119],
  ['imap2', 143],
  ['imap', 143],
  ['ldap', 389],
  ['https', 443],
  ['ssmtp', 465],
  ['smtps', 465],
  ['submissions', 465],
  ['syslog-tls', 6514],
  ['nntps', 563],
  ['submission', 587],
  ['ldaps', 636],
  ['ftps', 990],
  ['telnets', 992],
  ['imaps', 993],
  ['ircs', 994],
  ['pop3s', 995],
  ['mysql', 3306],
  ['postgresql', 5432],
  ['amqps', 5671],
  ['redis', 6379],
  ['http-alt', 8080],
];

let ports: ReadonlyMap<string, number> | undefined;

/** The TCP port of a name in /etc/services (services(5)), with its aliases; undefined when it is not there. */
export function servicePort(name: string): number | undefined {
  ports ??= new Map([...USUAL, ...readServices()]);
  return ports.get(name) ?? ports.get(name.toLowerCase());
}

function readServices(): (readonly [string, number])[] {
  try {
    return parseServices(readFileSync('/etc/services', 'utf8'));
  } catch {
    return [];
  }
}

/** Lines of `name port/protocol aliases…  # comment`. */
export function parseServices(text: string): (readonly [string, number])[] {
  return text.split('\n').flatMap((line) => {
    const [name, place = '', ...aliases] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const [, port] = /^(\d{1,5})\/tcp$/.exec(place) ?? [];
    if (name === undefined || port === undefined) return [];
    return [name, ...aliases].map((each) => [each, Number(port)] as const);
  });
}
