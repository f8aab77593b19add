import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { ServiceRecord } from './message.ts';
import type { Named } from './hosts.ts';
import type { Known, Records } from './records.ts';
import type { ResolutionUser } from './resolution.ts';

/** SRV weights go to 65535 and those of servers to 256; only 0 becomes 0 (HAProxy's scale). */
const SCALE = 256;

/** Looks up the target of a record that came without its address, for a server, until `delete`. */
export interface TargetLookups {
  add(named: Named, target: string): void;
  delete(server: ServerRuntime): void;
}

interface Member {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
  /** The record that it serves. */
  known: Known<ServerRuntime> | undefined;
  /** Its target is looked up by itself. */
  looksUp: boolean;
}

/** The servers of one SRV name in one backend: each serves one of the records, in the order of the lines. */
export class Services implements ResolutionUser<ServerRuntime> {
  readonly #members = new Map<ServerRuntime, Member>();
  readonly #targets: TargetLookups;

  constructor(targets: TargetLookups) {
    this.#targets = targets;
  }

  get size(): number {
    return this.#members.size;
  }

  add({ backend, server }: Named): void {
    this.#members.set(server, { backend, server, known: undefined, looksUp: false });
  }

  delete(server: ServerRuntime): void {
    const member = this.#members.get(server);
    if (member === undefined) return;
    this.#release(member);
    this.#members.delete(server);
  }

  answered(records: Records<ServerRuntime>, left: readonly Known<ServerRuntime>[]): void {
    for (const known of left) this.#leave(known);
    for (const known of records.all) {
      const { record } = known;
      if (record.type !== 'SRV') continue;
      const member = this.#memberFor(known, record);
      if (member !== undefined) this.#serve(member, known, record);
    }
  }

  failed(_why: unknown, left: readonly Known<ServerRuntime>[]): void {
    for (const known of left) this.#leave(known);
  }

  /** The one that serves this record; else one without a record, first of all the one that is there already (after a reload). */
  #memberFor(known: Known<ServerRuntime>, { target, port }: ServiceRecord): Member | undefined {
    const members = [...this.#members.values()];
    const free = members.filter((member) => member.known === undefined);
    return (
      members.find((member) => member.known === known) ??
      free.find(({ server: { place } }) => place?.name === target && place.port === port) ??
      free[0]
    );
  }

  #serve(member: Member, known: Known<ServerRuntime>, { target, port, weight, address }: ServiceRecord): void {
    const { backend, server } = member;
    member.known = known;
    known.users.add(server);
    const { place } = server;
    if (address !== undefined) {
      this.#stopLookingUp(member);
      if (place?.host !== address || place.port !== port || place.name !== target)
        backend.named.move(server, { host: address, port, name: target }, 'DNS additional record', false);
    } else if (!member.looksUp) {
      member.looksUp = true;
      this.#targets.add({ backend, server, service: { port, name: target } }, target);
    }
    const { names } = server.written;
    if (names?.ignoreWeight !== true) backend.weigh(server, Math.ceil(weight / SCALE));
  }

  #leave({ users }: Known<ServerRuntime>): void {
    for (const server of users) {
      const member = this.#members.get(server);
      if (member === undefined) continue;
      this.#release(member);
      member.backend.named.lose(server, 'entry removed from SRV record');
    }
    users.clear();
  }

  #release(member: Member): void {
    this.#stopLookingUp(member);
    member.known?.users.delete(member.server);
    member.known = undefined;
  }

  #stopLookingUp(member: Member): void {
    if (member.looksUp) this.#targets.delete(member.server);
    member.looksUp = false;
  }
}
