/** Files that are looked for when no `-f` is given, in order. */
export const DEFAULT_FILES = ['tls-terminator.yaml', '/etc/headgate/tls-terminator.yaml', '/etc/stunnel/stunnel.conf'];

/** Endings of the files that a folder given with `-f` stands for. */
export const FILE_ENDINGS = ['.conf', '.yaml', '.yml'];
