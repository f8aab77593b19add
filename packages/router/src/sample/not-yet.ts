/**
 * Thrown by a fetch whose value takes time: the result of a password check. The rule it belongs to has done nothing yet, and is
 * evaluated again when the value is known. One object for all, so that it costs no stack.
 */
class NotYet extends Error {}

export const notYet: Error = new NotYet('this value is not known yet');
