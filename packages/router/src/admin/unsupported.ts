/** Commands of HAProxy that are not here, by the words they begin with, and what to do instead. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  'show map': 'edit the file: it is applied when it changes',
  'show acl': 'edit the file: it is applied when it changes',
  'add map': 'edit the file: it is applied when it changes',
  'set map': 'edit the file: it is applied when it changes',
  'del map': 'edit the file: it is applied when it changes',
  'get map': 'edit the file: it is applied when it changes',
  'clear map': 'edit the file: it is applied when it changes',
  'add acl': 'edit the file: it is applied when it changes',
  'del acl': 'edit the file: it is applied when it changes',
  'get acl': 'edit the file: it is applied when it changes',
  'clear acl': 'edit the file: it is applied when it changes',
  'show ssl': 'certificates belong to headgate-terminator',
  'set ssl': 'certificates belong to headgate-terminator, which applies them when their files change',
  'show peers': 'there are no peers',
  'show resolvers': 'names are resolved by the system',
  'show threads': 'there is one thread of JavaScript',
};
