/** `userlist` sections: users, their passwords and groups (configuration manual §3.4). */
import type { Section, Word } from '@headgate/shared/config/raw';
import { Cursor } from '@headgate/shared/config/cursor';
import { nearest } from '@headgate/shared/config/suggest';
import { readHash } from '../auth/password.ts';
import type { StoredPassword, User, UserList } from '../model/user-list.ts';
import { bytesOf } from '../sample/value.ts';
import type { Context } from './directive.ts';

interface DraftUser {
  password: StoredPassword | undefined;
  readonly groups: Set<string>;
}

/** A member of a group, or a group of a user: both must exist once the section is read. */
interface Membership {
  readonly user: Word;
  readonly group: Word;
}

interface Draft {
  readonly name: string;
  readonly users: Map<string, DraftUser>;
  readonly groups: Set<string>;
  readonly memberships: Membership[];
}

/** Reads a section; undefined when it has no name. */
export function compileUserList(section: Section, context: Context): UserList | undefined {
  const { problems } = context;
  const { name, rest, at } = section;
  if (name === undefined) {
    problems.error(at, 'a userlist needs a name');
    return undefined;
  }
  const [more] = rest;
  if (more !== undefined) problems.error(more.at, `unexpected '${more.text}' after the name of the userlist`);
  const draft: Draft = { name: name.text, users: new Map(), groups: new Set(), memberships: [] };
  for (const statement of section.statements) {
    const cursor = new Cursor(statement, 1, context);
    const [keyword] = statement.words;
    if (keyword.text === 'user') readUser(cursor, draft, context);
    else if (keyword.text === 'group') readGroup(cursor, draft, context);
    else
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in 'userlist'`,
        nearest(keyword.text, ['user', 'group']),
      );
  }
  return resolve(draft, context);
}

/** `user NAME [password HASH | insecure-password TEXT] [groups G,G]`. */
function readUser(cursor: Cursor, draft: Draft, { problems }: Context): void {
  const name = cursor.need('the name of a user');
  if (name === undefined) return;
  const key = bytesOf(name.text);
  const known = draft.users.has(key);
  if (known) problems.warning(name.at, `user '${name.text}' was given above: this line has no effect`);
  const user: DraftUser = { password: undefined, groups: new Set() };
  let given = false;
  if (!known) draft.users.set(key, user);
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (!['password', 'insecure-password', 'groups'].includes(word.text)) {
      problems.error(
        word.at,
        `unexpected '${word.text}': a user has password, insecure-password and groups`,
        nearest(word.text, ['password', 'insecure-password', 'groups']),
      );
      return;
    }
    const value = cursor.need(word.text === 'groups' ? 'names of groups' : 'a password');
    if (value === undefined) return;
    given ||= word.text !== 'groups';
    if (word.text === 'insecure-password') user.password = { kind: 'plain', text: bytesOf(value.text) };
    else if (word.text === 'password') user.password = hashOf(value, name, problems);
    else if (!known) for (const group of listed(value)) draft.memberships.push({ user: name, group });
  }
  if (!given && !known)
    problems.warning(name.at, `user '${name.text}' has no password: logging in with this name is impossible`);
}

function hashOf(value: Word, { text: name }: Word, problems: Context['problems']): StoredPassword | undefined {
  const hash = readHash(value.text);
  if (hash === 'never')
    problems.warning(
      value.at,
      `the password of user '${name}' is not a hash ('insecure-password' is for plain text): no password will match`,
    );
  else if ('problem' in hash) problems.error(value.at, `the password of user '${name}': ${hash.problem}`);
  else return hash;
  return undefined;
}

/** `group NAME [users U,U]`. */
function readGroup(cursor: Cursor, draft: Draft, { problems }: Context): void {
  const name = cursor.need('the name of a group');
  if (name === undefined) return;
  const known = draft.groups.has(name.text);
  if (known) problems.warning(name.at, `group '${name.text}' was given above: this line has no effect`);
  draft.groups.add(name.text);
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (word.text !== 'users') {
      problems.error(word.at, `unexpected '${word.text}': a group has users`, nearest(word.text, ['users']));
      return;
    }
    const users = cursor.need('names of users');
    if (users !== undefined && !known) for (const user of listed(users)) draft.memberships.push({ user, group: name });
  }
}

function listed(word: Word): Word[] {
  return word.text
    .split(',')
    .filter((text) => text !== '')
    .map((text) => ({ text, at: word.at }));
}

function resolve({ name, users, groups, memberships }: Draft, { problems }: Context): UserList {
  for (const { user, group } of memberships) {
    const found = users.get(bytesOf(user.text));
    if (found === undefined)
      problems.error(user.at, `userlist '${name}' has no user '${user.text}'`, nearest(user.text, users.keys()));
    else if (!groups.has(group.text))
      problems.error(group.at, `userlist '${name}' has no group '${group.text}'`, nearest(group.text, groups));
    else found.groups.add(bytesOf(group.text));
  }
  const complete: ReadonlyMap<string, User> = users;
  return { name, users: complete, groups: new Set([...groups].map(bytesOf)) };
}
