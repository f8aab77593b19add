/** A change that is prepared and not in effect: one at a time, as in HAProxy. */
export class Transaction {
  #file: string | undefined;
  #text = '';

  get file(): string | undefined {
    return this.#file;
  }

  textOf(file: string): string | undefined {
    return this.#file === file ? this.#text : undefined;
  }

  /** Whether it was created. */
  set(file: string, text: string): boolean {
    const created = this.#file !== file;
    this.#file = file;
    this.#text = text;
    return created;
  }

  end(): void {
    this.#file = undefined;
    this.#text = '';
  }

  /** Why nothing can be done with `file`; undefined when it is the one in preparation. */
  refusal(file: string): string | undefined {
    if (this.#file === undefined) return 'No ongoing transaction! !';
    return this.#file === file ? undefined : otherFile(this.#file, file);
  }
}

export function otherFile(ongoing: string, wanted: string): string {
  return `The ongoing transaction is about '${ongoing}' but you are trying to set '${wanted}'`;
}
