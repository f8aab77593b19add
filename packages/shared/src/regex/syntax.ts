/** A pattern as a tree: the output of the parser, from which the program is built. */

/** A set of characters: bit `c` for the byte `c`, bit 256 for every character beyond a byte. */
export type CharSet = bigint;

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  /** Holds at the places of the mask, see boundary.ts. */
  | { readonly kind: 'assert'; readonly mask: number }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'capture'; readonly index: number; readonly body: Node }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly least: number;
      /** `Infinity`: no upper limit. */
      readonly most: number;
      readonly greedy: boolean;
    };

/** One thing that is wrong with a pattern. */
export interface RegexProblem {
  /** Where in the pattern, from 0. */
  readonly offset: number;
  readonly message: string;
}
