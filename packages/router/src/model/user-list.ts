/** A password that is stored as it is. */
export interface PlainPassword {
  readonly kind: 'plain';
  /** A character for each byte. */
  readonly text: string;
}

/** A hash of crypt(3), and what it was made with. Posted to the threads that check it, so it holds data only. */
export interface HashedPassword {
  readonly kind: 'md5' | 'sha256' | 'sha512' | 'bcrypt';
  /** As it was written: what a result is remembered by. */
  readonly text: string;
  readonly salt: string;
  /** Rounds of sha-crypt; the cost of bcrypt, a power of two. */
  readonly rounds: number;
  readonly hash: string;
}

export type StoredPassword = PlainPassword | HashedPassword;

export interface User {
  /** Undefined: this user can never log in. */
  readonly password: StoredPassword | undefined;
  readonly groups: ReadonlySet<string>;
}

/** A `userlist` section. Names have a character for each byte, as credentials have. */
export interface UserList {
  readonly name: string;
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlySet<string>;
}
