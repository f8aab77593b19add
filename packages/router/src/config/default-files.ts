/** The files that the router looks for when its command line names none, in order. */
export const DEFAULT_FILES = ['router.yaml', '/etc/headgate/router.yaml'] as const;

/** File name endings that are loaded from a folder. */
export const FILE_ENDINGS = ['.cfg', '.yaml', '.yml'] as const;
