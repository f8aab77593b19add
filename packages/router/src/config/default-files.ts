/** The files that the router looks for when its command line names none, in order. */
export const DEFAULT_FILES = ['router.yaml', '/etc/headgate/router.yaml'] as const;

/** Endings of the files that a folder stands for. */
export const FILE_ENDINGS = ['.cfg', '.yaml', '.yml'] as const;
