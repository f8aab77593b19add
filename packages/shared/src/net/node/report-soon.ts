/** Something that has closed, and says so to its user. */
interface Closed {
  gone(): void;
}

/** Those that have closed and have not said so. */
let closing: Closed[] = [];

/** A link never calls its user from within its own methods; a call of the runtime's for each would cost more than this. */
export function reportSoon(link: Closed): void {
  if (closing.push(link) === 1) process.nextTick(reportAll);
}

function reportAll(): void {
  const links = closing;
  closing = [];
  try {
    while (links.length > 0) links.pop()?.gone();
  } finally {
    // A user that throws takes nobody's report with it.
    for (const link of links) reportSoon(link);
  }
}
