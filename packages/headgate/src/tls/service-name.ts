import type { Bind, Frontend } from '@headgate/router/half';

/** The name of the service of a bind: as HAProxy writes the two in logs, a bind without a name by its number. */
export function serviceName({ name }: Pick<Frontend, 'name'>, bind: Pick<Bind, 'name'>, index: number): string {
  return `${name}/${bind.name === '' ? index + 1 : bind.name}`;
}
