import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { inAny, parseCidr } from '@headgate/shared/net/cidr';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { ForwardFor } from '../model/snapshot.ts';
import { TOKEN } from '../http/token.ts';

const WORDS = ['except', 'header', 'if-none'];

/** `[except NETWORK] [header NAME] [if-none]`, in any order. */
export function readForwardFor(cursor: Cursor, problems: Problems, name = 'X-Forwarded-For'): ForwardFor | undefined {
  let header = name;
  let ifNone = false;
  let except: ForwardFor['except'] = () => false;
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (word.text === 'if-none') ifNone = true;
    else if (word.text === 'header') {
      const own = cursor.need('the name of a header');
      if (own !== undefined && !TOKEN.test(own.text))
        problems.error(own.at, `'${own.text}' is not the name of a header`);
      header = own?.text ?? header;
    } else if (word.text === 'except') {
      const network = cursor.need('an address or a network');
      if (network !== undefined) except = within(network, problems);
    } else {
      problems.error(word.at, `unexpected '${word.text}' after 'option forwardfor'`, nearest(word.text, WORDS));
      return undefined;
    }
  }
  return { header, ifNone, except };
}

function within(word: Word, problems: Problems): (address: string) => boolean {
  const network = parseCidr(word.text);
  if (network !== undefined) return inAny([network]);
  problems.error(word.at, `'${word.text}' is not an address or a network such as 10.0.0.0/8`);
  return () => false;
}
