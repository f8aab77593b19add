import { matches } from '../../acl/matches.ts';
import type { ListUse } from '../../model/pattern-list.ts';
import type { Command, Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import type { Entry, ListKind, PatternStore, RunningList } from '../pattern-store.ts';

/** Lines of one answer: a list may hold a million patterns. */
const MOST_ENTRIES = 100_000;

const NAMES = { acl: 'ACL', map: 'map' } as const satisfies Record<ListKind, string>;

export const lists: Commands = {
  ...commandsOf('acl'),
  ...commandsOf('map'),
  'set map': {
    usage: '<map> [<key>|#<ref>] <value>',
    text: 'modify a map entry',
    level: 'operator',
    run([name, key, value], { lists: store }) {
      if (name === undefined || key === undefined || value === undefined)
        return "'set map' expects three parameters: map identifier, key and value.\n";
      return withList('map', name, store, async (running) => {
        if (store.entriesOf(running).every((entry) => !isNamed(entry, key))) return 'entry not found.\n';
        const set = (entry: Entry): Entry => (isNamed(entry, key) ? { ...entry, value } : entry);
        return said(await store.change(running, running.version, (entries) => entries.map(set)));
      });
    },
  },
};

function commandsOf(kind: ListKind): Commands {
  const name = NAMES[kind];
  const command = (usage: string, text: string, level: Command['level'], run: Command['run']): Command => ({
    usage,
    text,
    level,
    run,
  });
  return {
    [`show ${kind}`]: command(
      `[@<ver>] [<${kind}>]`,
      `report available ${kind}s or dump ${kind === 'acl' ? 'an acl' : 'a map'}'s contents`,
      'user',
      (args, { lists: store }) => {
        const { version, rest } = versionIn(args);
        if (rest[0] === undefined)
          return ['# id (file) description\n', ...store.of(kind).map((one) => lineOf(one, store))].join('');
        return withList(kind, rest[0], store, (running) =>
          store.entriesOf(running, version).slice(0, MOST_ENTRIES).map(entryLine).join(''),
        );
      },
    ),
    [`get ${kind}`]: command(
      `<${kind}> <value>`,
      kind === 'acl'
        ? 'report the patterns matching a sample for an ACL'
        : 'report the keys and values matching a sample for a map',
      'user',
      ([list, sample], { lists: store }) => {
        if (list === undefined || sample === undefined) return `Missing ${name} identifier and/or key.\n`;
        return withList(kind, list, store, (running) =>
          distinct(running.list.uses)
            .map((use) => matchLine(kind, use, sample, store.entriesOf(running)))
            .join(''),
        );
      },
    ),
    [`add ${kind}`]: command(
      kind === 'acl' ? '[@<ver>] <acl> <pattern>' : '[@<ver>] <map> <key> <val>',
      kind === 'acl' ? 'add an acl entry' : 'add a map entry (payload supported instead of key/val)',
      'operator',
      (args, desk, _session, payload) => add(kind, args, desk, payload),
    ),
    [`del ${kind}`]: command(
      `<${kind}> [<key>|#<ref>]`,
      `delete ${kind} entries matching <key>`,
      'operator',
      ([list, key], { lists: store }) => {
        if (list === undefined || key === undefined)
          return `This command expects two parameters: ${name} identifier and key.\n`;
        return withList(kind, list, store, async (running) => {
          if (store.entriesOf(running).every((entry) => !isNamed(entry, key))) return 'Key not found.\n';
          return said(
            await store.change(running, running.version, (entries) => entries.filter((entry) => !isNamed(entry, key))),
          );
        });
      },
    ),
    [`clear ${kind}`]: command(
      `[@<ver>] <${kind}>`,
      `clear the contents of this ${kind}`,
      'operator',
      (args, { lists: store }) => {
        const { version, rest } = versionIn(args);
        if (rest[0] === undefined) return `Missing ${name} identifier.\n`;
        return withList(kind, rest[0], store, async (running) => {
          const chosen = version ?? running.version;
          if (chosen !== running.version && !running.prepared.has(chosen)) return '';
          return said(await store.change(running, chosen, () => []));
        });
      },
    ),
    [`prepare ${kind}`]: command(
      `<${kind}>`,
      `prepare a new version for atomic ${kind === 'acl' ? 'ACL' : 'map'} replacement`,
      'operator',
      ([list], { lists: store }) =>
        withList(kind, list, store, (running) => {
          const version = store.prepare(running);
          return version === undefined
            ? 'Too many versions are prepared: commit one first.\n'
            : `New version created: ${version}\n`;
        }),
    ),
    [`commit ${kind}`]: command(
      `@<ver> <${kind}>`,
      `commit the ${kind === 'acl' ? 'ACL' : 'map'} at this version`,
      'operator',
      (args, { lists: store }) => {
        const { version, rest } = versionIn(args);
        if (version === undefined) return 'Missing version number.\n';
        if (rest[0] === undefined) return `Missing ${name} identifier.\n`;
        return withList(kind, rest[0], store, async (running) =>
          running.prepared.has(version) ? said(await store.commit(running, version)) : 'Version number out of range.\n',
        );
      },
    ),
  };
}

function withList(
  kind: ListKind,
  name: string | undefined,
  store: PatternStore,
  work: (running: RunningList) => string | Promise<string>,
): string | Promise<string> {
  const running = name === undefined ? undefined : store.find(kind, name);
  return running === undefined ? `Unknown ${NAMES[kind]} identifier. Please use #<id> or <file>.\n` : work(running);
}

/** `@1` before the rest. */
function versionIn([first, ...rest]: readonly string[]): {
  readonly version: number | undefined;
  readonly rest: readonly string[];
} {
  const [, digits] = /^@(\d{1,9})$/.exec(first ?? '') ?? [];
  if (digits !== undefined) return { version: Number(digits), rest };
  return { version: undefined, rest: first === undefined ? [] : [first, ...rest] };
}

async function add(kind: ListKind, args: readonly string[], { lists: store }: Desk, payload?: string): Promise<string> {
  const { version, rest } = versionIn(args);
  // As in HAProxy, words after the value are ignored.
  const [name, key, value] = rest;
  const byPayload = kind === 'map' && payload !== undefined && key === undefined;
  if (name === undefined || (!byPayload && (key === undefined || (kind === 'map' && value === undefined))))
    return kind === 'acl'
      ? "'add acl' expects two parameters: ACL identifier and pattern.\n"
      : "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload\n";
  return withList(kind, name, store, async (running) => {
    const chosen = version ?? running.version;
    if (chosen > running.next) return `Version number in the future, please use 'prepare ${kind}' before.\n`;
    if (chosen !== running.version && !running.prepared.has(chosen)) return 'Version number out of range.\n';
    const added = byPayload ? pairsOf(payload) : [{ key: key ?? '', value: kind === 'map' ? (value ?? '') : '' }];
    if (typeof added === 'string') return added;
    const unfit = added.find(
      (one) => one.key.startsWith('#') || one.key === '' || (kind === 'map' && /\s/.test(one.key)),
    );
    if (unfit !== undefined) return `'${unfit.key}' cannot be a line of a list.\n`;
    const more = added.map((one) => store.entry(one.key, one.value));
    return said(await store.change(running, chosen, (entries) => [...entries, ...more]));
  });
}

/** `KEY VALUE` on each line. */
function pairsOf(payload: string): readonly { readonly key: string; readonly value: string }[] | string {
  const pairs: { readonly key: string; readonly value: string }[] = [];
  for (const line of payload.split('\n')) {
    const [, key, value = ''] = /^\s*(\S+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (value === '') return `Missing value for key '${key}'.\n`;
    pairs.push({ key, value });
  }
  return pairs;
}

/** `#0x1f` is an entry by its number, as `show acl` prints it. */
function isNamed({ number, key }: Entry, name: string): boolean {
  return /^#0x[0-9a-f]+$/i.test(name) ? Number(name.slice(1)) === number : key === name;
}

function said(reasons: readonly string[]): string {
  return reasons.map((reason) => `${reason}\n`).join('');
}

function lineOf(running: RunningList, store: PatternStore): string {
  const { list, version, next } = running;
  const count = store.entriesOf(running).length;
  return `${list.id} (${list.file ?? ''}) ${list.description}. curr_ver=${version} next_ver=${next} entry_cnt=${count}\n`;
}

function entryLine({ number, key, value }: Entry): string {
  return `0x${number.toString(16)} ${key}${value === '' ? '' : ` ${value}`}\n`;
}

/** `type=beg, case=sensitive, match=yes, idx=tree, pattern="/admin"`. */
function matchLine(kind: ListKind, use: ListUse, sample: string, entries: readonly Entry[]): string {
  const found = entryFor(use, sample, entries);
  const indexed = (use.match === 'str' || use.match === 'beg' || use.match === 'ip') && !use.folded;
  const head = `type=${use.match}, case=${use.folded ? 'insensitive' : 'sensitive'}, ${kind === 'acl' ? 'match' : 'found'}=`;
  if (found === undefined) return `${head}no\n`;
  const idx = `${head}yes, idx=${indexed ? 'tree' : 'list'}, `;
  return kind === 'acl'
    ? `${idx}pattern="${found.key}"\n`
    : `${idx}key="${found.key}", value="${found.value}", type="${use.output}"\n`;
}

/** The entry that is in effect for a sample: the longest prefix, the narrowest network, else the first. */
function entryFor(use: ListUse, sample: string, entries: readonly Entry[]): Entry | undefined {
  const all = entries.filter((entry) => passes(use, sample, entry.key));
  const size = ({ key }: Entry): number =>
    use.match === 'beg' ? key.length : Number(/\/(\d+)$/.exec(key)?.[1] ?? 128);
  if (use.match !== 'beg' && use.match !== 'ip') return all[0];
  return all.toSorted((a, b) => size(b) - size(a))[0];
}

function passes({ match, folded }: ListUse, sample: string, text: string): boolean {
  const how = Object.hasOwn(matches, match) ? matches[match as keyof typeof matches] : matches.str;
  const at = { file: '', line: 0, column: 0 };
  const patterns = [{ text, folded, at }];
  if (how.takes === 'integer') return /^-?\d+$/.test(sample) && how.compile(patterns, () => {})(Number(sample));
  return (how.takes === 'text' || how.takes === 'address') && how.compile(patterns, () => {})(sample);
}

function distinct(uses: readonly ListUse[]): readonly ListUse[] {
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()];
}
