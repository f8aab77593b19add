/** Words about the file of a unix socket, which `bind` and `stats socket` share: its mode, and whom it belongs to. */
import { idOf } from '@headgate/shared/admin/account';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';

export interface SocketOwner {
  mode: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
}

type Read = (socket: SocketOwner, cursor: Cursor, context: { readonly problems: Problems }) => void;

/** `user` and `group` by name, `uid` and `gid` by number. */
function owner(kind: 'user' | 'group', field: 'uid' | 'gid', named: boolean): Read {
  return (socket, cursor, { problems }) => {
    const word = cursor.need(named ? `the name of a ${kind}` : `the number of a ${kind}`);
    if (word === undefined) return;
    const id = named || /^\d+$/.test(word.text) ? idOf(kind, word.text) : undefined;
    if (id === undefined)
      problems.warning(word.at, `there is no ${kind} '${word.text}': the socket belongs to the router's own`);
    else socket[field] = id;
  };
}

export const SOCKET_OWNER: Readonly<Record<string, Read>> = {
  mode(socket, cursor, { problems }) {
    const word = cursor.need('the mode of a unix socket, such as 660');
    if (word === undefined) return;
    if (/^[0-7]{3,4}$/.test(word.text)) socket.mode = Number.parseInt(word.text, 8);
    else problems.error(word.at, `'${word.text}' is not a mode: three octal digits such as 660`);
  },
  user: owner('user', 'uid', true),
  uid: owner('user', 'uid', false),
  group: owner('group', 'gid', true),
  gid: owner('group', 'gid', false),
};
