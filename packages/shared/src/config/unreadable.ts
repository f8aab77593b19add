const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  ENOTDIR: 'part of its path is not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'its name is too long',
};

const NO_FILE: ReadonlySet<string | undefined> = new Set([
  REASONS['ENOENT'],
  REASONS['ENOTDIR'],
  REASONS['ENAMETOOLONG'],
]);

/** Whether a file cannot be read because there is none of that name. */
export function isMissing(why: string): boolean {
  return NO_FILE.has(why);
}

/** Why a file cannot be read, in words that follow "cannot be read: ". */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? error.message;
}
