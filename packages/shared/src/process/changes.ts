/** `server added: a, b` and `server removed: c`: how two configurations differ in names of one kind; nothing when they do not. */
export function namesChanged(kind: string, before: Iterable<string>, after: Iterable<string>): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const added = [...now].filter((name) => !old.has(name));
  const removed = [...old].filter((name) => !now.has(name));
  return [
    ...(added.length > 0 ? [`${kind} added: ${shortened(added)}`] : []),
    ...(removed.length > 0 ? [`${kind} removed: ${shortened(removed)}`] : []),
  ];
}

/** Names listed of one kind. */
const MOST_NAMES = 10;

function shortened(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}
