/** What `--help` says of `explain`. */
export const SUMMARY = 'show which rule decides a request, and why';
