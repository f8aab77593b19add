import type { Link } from '@headgate/shared/net/link';

/** Ends a connection at once: by a reset, when the other end would take what it got for everything. Not while it is ending. */
export function cut(link: Link): void {
  if (link.waiting > 0) link.reset();
  else link.close();
}
