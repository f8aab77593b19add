import type { Problem } from '../config/problem.ts';
import type { Logger } from '../log/logger.ts';
import type { ProcessLogTarget } from '../log/process-log.ts';
import type { Identity } from './identity.ts';
import type { ProcessRow } from './old-processes.ts';
import type { Reads } from './reads.ts';

/** A loaded configuration: a snapshot when it has no errors, and every problem found. */
export interface Loaded<Snapshot> {
  readonly snapshot: Snapshot | undefined;
  readonly problems: readonly Problem[];
}

/** The process settings that both programs read from their configuration. */
export interface ProcessSettings {
  /** Run in the background once serving (`daemon`; stunnel's default `foreground = no` is not followed: see docs/command-line.md). */
  readonly daemon: boolean;
  /** Path of the pid file, or undefined for none. */
  readonly pidFile: string | undefined;
  /** Processes that serve: `auto` is one for each processor. Absent, and with 1, this one serves by itself. See docs/workers.md. */
  readonly workers?: number | 'auto';
  /** Milliseconds a drain may last before what is left is closed; 0 means not set: 30 s, or no limit after SIGUSR1 and an upgrade. */
  readonly hardStopAfter: number;
  /** How many upgrades a process may outlive before it has to stop (HAProxy's `mworker-max-reloads`). Default: 10. */
  readonly oldProcesses?: number | undefined;
  /** The user and group to become once everything is bound and the pid file is written; absent to keep the current ones. */
  readonly identity?: Identity;
  /** Where start, stop and crashes are logged in the background, which has no standard error. */
  readonly log?: readonly ProcessLogTarget[];
}

/** A started program. */
export interface Running {
  /** Where it listens, for the start-up line: `0.0.0.0:80`, `/run/router.sock`. */
  readonly addresses: readonly string[];
  /**
   * Stops accepting, finishes what is open, and resolves when nothing is left. `within`: `close` follows after so many milliseconds.
   * `handedOver`: another process has the addresses, so nothing is gained by closing idle connections early. May be called again, when
   * what is left has less time.
   */
  drain(within?: number, handedOver?: boolean): Promise<void>;
  /** Closes whatever is still open, at once, and resolves when the last log lines are written. */
  close(): Promise<void>;
}

/** What became of a reload. */
export type Reloaded =
  /** The new configuration is in effect. `changes`: what is different now, one sentence each. */
  | { readonly applied: true; readonly changes: readonly string[]; readonly problems: readonly Problem[] }
  /** The old one serves on. `reasons`: one line each, with `file:line:column` where there is one. */
  | { readonly applied: false; readonly reasons: readonly string[] };

/** A started program that can go on under another configuration. */
export interface Reloadable<Snapshot> extends Running {
  /**
   * Puts a configuration into effect in one step, or rejects and leaves everything as it was. `renewed`: the configuration is the
   * same, and files that it names have changed: what operators have changed since it was loaded stays.
   */
  apply(snapshot: Snapshot, renewed?: boolean): Promise<void>;
  /**
   * In the primary: what a worker needs besides the configuration that is in effect, as plain data. It gets it as it starts and before each
   * `apply`. `starting`: it has nothing yet.
   */
  handOn?(starting: boolean): unknown;
  /** In a worker: takes what the primary's `handOn` returned, before `apply`. */
  takeOver?(handed: unknown): void;
  /**
   * Exchanges the processes that do the work for those of the version that is now on disk, or rejects and leaves them as they are. Absent:
   * a new process takes over from this one.
   */
  upgrade?(): Promise<void>;
}

/**
 * The processes of a program with workers, as the program itself sees them: what one of them says, the others hear in the order in which it
 * was said. Messages are plain data.
 */
export interface Crew {
  /** Which worker this is, from 1; 0 is the primary, which serves nothing and holds what the workers share. */
  readonly number: number;
  readonly workers: number;
  /** To the primary; from the primary to every worker that serves, or to one of them. False: the others read too slowly, say less. */
  say(message: unknown, to?: number): boolean;
  /** Sets the one listener for what the others say. */
  hear(listener: CrewListener): void;
}

export interface CrewListener {
  /** `from`: the number of the worker; 0 for the primary. */
  heard(message: unknown, from: number): void;
  /** In the primary: a worker serves from now on. */
  joined?(worker: number): void;
  /** In the primary: a worker has ended. */
  left?(worker: number): void;
}

export interface StartContext {
  /** Standard error; nothing in the background. The program writes to its own log targets itself. */
  readonly logger: Logger;
  /** Reads the configuration files again and applies them, as SIGHUP does. `why` names the cause, for the log. */
  readonly reload: (why: string) => Promise<Reloaded>;
  /**
   * Puts a text in the place of a file that the configuration names, or of a part of it, and applies that, until the next
   * reload or until the file changes.
   */
  readonly replace: (key: string, text: string) => Promise<Reloaded>;
  /**
   * The contents of files that the configuration names have changed: applies the configuration in effect with those. The files are watched
   * too; this is for a caller that has written them and does not want to wait.
   */
  readonly renew: (paths: readonly string[]) => Promise<Reloaded>;
  /** Lets a new process take over, as SIGPWR does. Resolves with why it could not; when it can, this process stops. */
  readonly upgrade: () => Promise<string | undefined>;
  /** The processes of the program: this one, its workers, and those that have handed over and still have connections. */
  readonly processes: () => readonly ProcessRow[];
  /** Absent: this process is the whole program. */
  readonly crew?: Crew | undefined;
  /** In a worker: what the primary's `handOn` returned. */
  readonly handed?: unknown;
}

/** Standard output and standard error of a command. The text is written unchanged, line endings included. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** One subcommand besides `run` and `check`: `explain`, `import`, `cert`. Returns the exit code. */
export interface Command {
  readonly summary: string;
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** The contract of a program that `runProduct` (process/main.ts) can check, start, signal and stop. */
export interface Product<Snapshot> {
  readonly name: string;
  /** What ps, ss and top call its processes; Linux shows 15 characters of it as the command's name. */
  readonly title: string;
  readonly version: string;
  /** One sentence for `--help`. */
  readonly summary: string;
  /** Extra lines for `--help`: examples, files. */
  readonly help: string;
  /** Files looked for when no `-f` is given, in order. */
  readonly defaultFiles: readonly string[];
  /** Endings of the files that a folder given with `-f` stands for: `.yaml`. */
  readonly fileEndings: readonly string[];
  /** Reads and compiles the files. Every file is read through `reads` or noted there. */
  load(files: readonly string[], reads: Reads): Promise<Loaded<Snapshot>>;
  /** What is different in `after`, one sentence each: `server api/web3 added`. */
  changes(before: Snapshot, after: Snapshot): readonly string[];
  settings(snapshot: Snapshot): ProcessSettings;
  start(snapshot: Snapshot, context: StartContext): Promise<Reloadable<Snapshot>>;
  readonly commands: Readonly<Record<string, Command>>;
}
