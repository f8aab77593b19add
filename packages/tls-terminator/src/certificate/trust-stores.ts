import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the authority is called in every store, so that it can be found again and removed. */
const NAME = 'headgate-development-authority';

export const STORES = ['system', 'chromium', 'firefox', 'node'] as const;
export type StoreName = (typeof STORES)[number];

export interface TrustPlaces {
  /** The home directory whose browsers are meant. */
  readonly home: string;
  /** What stands for `/`; another folder in tests. */
  readonly root: string;
}

/** Where distributions keep authorities of their own, and what applies them. */
const SYSTEMS = [
  { folder: 'usr/local/share/ca-certificates', command: 'update-ca-certificates', args: [] },
  { folder: 'etc/pki/ca-trust/source/anchors', command: 'update-ca-trust', args: ['extract'] },
  { folder: 'etc/ca-certificates/trust-source/anchors', command: 'trust', args: ['extract-compat'] },
  { folder: 'usr/share/pki/trust/anchors', command: 'update-ca-certificates', args: [] },
] as const;

/** Folders with profiles of Firefox: as a package, as a snap, as a flatpak. */
const FIREFOX = [
  '.mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
];

/** Adds the authority to a store, or with `caFile` undefined removes it. What was done, one line each; none: there is no such store here. */
export function changeStore(
  store: StoreName,
  caFile: string | undefined,
  places: TrustPlaces,
): Promise<readonly string[]> {
  switch (store) {
    case 'system':
      return changeSystem(caFile, places);
    case 'chromium':
      return changeDatabases([join(places.home, '.pki/nssdb')], caFile, true);
    case 'firefox':
      return changeDatabases(firefoxProfiles(places), caFile, false);
    case 'node':
      return changeNode(caFile, places);
  }
}

async function changeSystem(caFile: string | undefined, { root }: TrustPlaces): Promise<readonly string[]> {
  const system = SYSTEMS.find(({ folder }) => existsSync(join(root, folder)));
  if (system === undefined) return [];
  const file = join(root, system.folder, `${NAME}.crt`);
  if (caFile === undefined && !existsSync(file)) return [];
  if (caFile === undefined) await rm(file);
  else await copyFile(caFile, file);
  const elsewhere =
    root === '/' || system.command !== 'update-ca-certificates'
      ? []
      : [
          '--localcertsdir',
          join(root, system.folder),
          '--etccertsdir',
          join(root, 'etc/ssl/certs'),
          '--hooksdir',
          join(root, 'etc/hooks'),
        ];
  // Without --fresh, Debian's leaves a link behind that leads nowhere.
  const fresh = caFile === undefined && system.command === 'update-ca-certificates' ? ['--fresh'] : [];
  await run(system.command, [...system.args, ...fresh, ...elsewhere]);
  return [`${caFile === undefined ? 'removed' : 'wrote'} ${file} and ran ${system.command}`];
}

/** NSS databases, by Mozilla's certutil. Chromium's is made when it is missing; Firefox's belongs to its profile. */
async function changeDatabases(
  folders: readonly string[],
  caFile: string | undefined,
  make: boolean,
): Promise<readonly string[]> {
  const done: string[] = [];
  for (const folder of folders) {
    const there = existsSync(join(folder, 'cert9.db'));
    if (!there && (caFile === undefined || !make)) continue;
    const database = ['-d', `sql:${folder}`];
    if (!there) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await run('certutil', ['-N', '--empty-password', ...database]);
    }
    if (caFile !== undefined) {
      // One of the same name from before would stay beside it.
      await run('certutil', ['-D', '-n', NAME, ...database]).catch(() => undefined);
      await run('certutil', ['-A', '-t', 'C,,', '-n', NAME, '-i', caFile, ...database]);
      done.push(`added to ${folder}`);
    } else if (
      await run('certutil', ['-D', '-n', NAME, ...database]).then(
        () => true,
        () => false,
      )
    ) {
      done.push(`removed from ${folder}`);
    }
  }
  return done;
}

function firefoxProfiles({ home }: TrustPlaces): readonly string[] {
  return FIREFOX.flatMap((folder) => {
    const path = join(home, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .map((name) => join(path, name))
      .filter((profile) => existsSync(join(profile, 'cert9.db')));
  });
}

/** The environment of the sessions that systemd starts for this user (environment.d(5)). */
async function changeNode(caFile: string | undefined, { home }: TrustPlaces): Promise<readonly string[]> {
  const file = join(home, '.config/environment.d', `${NAME}.conf`);
  if (caFile === undefined) {
    if (!existsSync(file)) return [];
    await rm(file);
    return [`removed ${file}`];
  }
  await mkdir(join(home, '.config/environment.d'), { recursive: true });
  await writeFile(file, `NODE_EXTRA_CA_CERTS=${caFile}\n`);
  return [`wrote ${file}, for sessions that begin later; in this one: export NODE_EXTRA_CA_CERTS=${caFile}`];
}
