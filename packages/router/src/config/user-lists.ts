import type { Section } from '@headgate/shared/config/raw';
import type { UserList } from '../model/user-list.ts';
import type { Context } from './directive.ts';
import { compileUserList } from './user-list.ts';

/** The `userlist` sections of a configuration. */
export class UserLists {
  readonly #lists = new Map<string, UserList>();

  add(section: Section, context: Context): void {
    const list = compileUserList(section, context);
    if (list === undefined) return;
    if (this.#lists.has(list.name))
      context.problems.warning(section.at, `userlist '${list.name}' was given above: this one has no effect`);
    else this.#lists.set(list.name, list);
  }

  get(name: string): UserList | undefined {
    return this.#lists.get(name);
  }
}
