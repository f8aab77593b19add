import type { Evaluation } from '../../model/evaluation.ts';
import type { UserList } from '../../model/user-list.ts';
import { required } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { basicCredentials } from '../basic.ts';
import { single, textFetch } from '../row.ts';
import type { AnyReading, Fetch } from '../row.ts';

const authorization = ['header:authorization'] as const;
const args = [
  required('userlist', (name, { userList }) =>
    userList?.(name) === undefined ? `names a userlist that does not exist: '${name}'` : undefined,
  ),
];
const reads = (given: Args): readonly ['header:authorization', `userlist:${string}`] => [
  'header:authorization',
  `userlist:${given.raw(0)}`,
];

/** The list that an argument names, which has been checked. */
function listOf(given: Args): UserList {
  return given.context.userList?.(given.raw(0)) ?? { name: '', users: new Map(), groups: new Set() };
}

/** Fetches of basic authentication (HAProxy manual §7.3.6): what the client sent, and whether a `userlist` has it. */
export const login: Readonly<Record<string, Fetch>> = {
  http_auth: {
    type: 'bool',
    args,
    reads,
    doc: 'Whether user name and password are those of a user of the list; no value without credentials.',
    example: 'http_auth(staff)',
    compile(given): AnyReading {
      const list = listOf(given);
      return single('truth', (on) =>
        basicCredentials(on.request) === undefined ? undefined : on.logins?.user(list) !== undefined,
      );
    },
  },
  http_auth_group: {
    type: 'str',
    args,
    reads,
    doc: 'The user name, when the list has it with this password; as an ACL, the groups that the user belongs to.',
    example: 'http_auth_group(staff)',
    patterns: (given) => [...listOf(given).groups],
    compile(given): AnyReading {
      const list = listOf(given);
      const user = (on: Evaluation): string | undefined => on.logins?.user(list);
      return {
        kind: 'text',
        one: user,
        each: (test) => (on) => {
          for (const group of list.users.get(user(on) ?? '')?.groups ?? []) if (test(group)) return true;
          return false;
        },
      };
    },
  },
  http_auth_user: textFetch(
    'str',
    { reads: authorization, doc: 'The user name of basic authentication.', example: 'http_auth_user' },
    (on) => basicCredentials(on.request)?.user,
  ),
  http_auth_pass: textFetch(
    'str',
    { reads: authorization, doc: 'The password of basic authentication.', example: 'http_auth_pass' },
    (on) => basicCredentials(on.request)?.password,
  ),
};
