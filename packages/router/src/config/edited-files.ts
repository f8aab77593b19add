import type { Problems } from '@headgate/shared/config/problem';
import type { RawConfig, Word } from '@headgate/shared/config/raw';
import type { EditedLists } from '../sample/edited-lists.ts';

/** A rule that edits a list, and the file it names. */
const EDIT = /^(add-acl|del-acl|set-map|del-map)\((.+)\)$/s;

/** The files that rules edit while the router runs, and the word that says so first: known before any expression that reads them is compiled. */
export function editedFiles({
  sections,
}: RawConfig): ReadonlyMap<string, { readonly kind: 'map' | 'acl'; readonly word: Word }> {
  const files = new Map<string, { kind: 'map' | 'acl'; word: Word }>();
  for (const { statements } of sections)
    for (const { words } of statements)
      for (const word of words) {
        const [, action, file] = EDIT.exec(word.text) ?? [];
        if (file !== undefined && !files.has(file))
          files.set(file, { kind: action?.endsWith('map') === true ? 'map' : 'acl', word });
      }
  return files;
}

/** Warns of rules that edit what no expression reads: HAProxy accepts them too. */
export function warnOfUnread(files: ReturnType<typeof editedFiles>, lists: EditedLists, problems: Problems): void {
  for (const file of lists.unread()) {
    const { word } = files.get(file) ?? {};
    if (word !== undefined) problems.warning(word.at, `no map and no ACL reads '${file}': editing it changes nothing`);
  }
}
