import { formatProblem, problemRecord } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import { configurationFiles } from '@headgate/shared/process/files';
import type { Command } from '@headgate/shared/process/product';
import { WRONG_USAGE, asksForHelp } from '@headgate/shared/process/usage';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadToLook } from '../config/load.ts';
import { systemWorld } from '../run/system-world.ts';
import { loginsOf } from './logins.ts';
import { variablesOf } from '../exchange/variables.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { Frontend, Snapshot } from '../model/snapshot.ts';
import { Tracking } from '../tables/tracking.ts';
import { StickTable } from '../tables/stick-table.ts';
import { stateAtStart } from './state.ts';
import { explain, explainRecords, leftLines } from './explain.ts';
import { capturesOf, recorded, tracesOf } from './response.ts';
import { readQuestion, USAGE } from './request.ts';
import { SUMMARY } from './summary.ts';

/** The stick tables as they are at the start: what a counter reads is what this request alone makes of it. */
function emptyTables({ tables }: Snapshot): Tracking | undefined {
  if (tables.length === 0) return undefined;
  return new Tracking(new Map(tables.map((spec) => [spec.name, new StickTable(spec, () => 2)])));
}

/** Over TLS to a frontend with `bind … ssl` the connection is the client's own, and not one with a PROXY header. */
function arrived(connection: ConnectionFacts, { binds }: Frontend): ConnectionFacts {
  if (connection.tls === undefined || !binds.some(({ terminated }) => terminated)) return connection;
  const { client, destination } = connection;
  return { ...connection, peer: client, local: destination, proxied: false, terminated: true };
}

/** `headgate-router explain`: which rule decides a request, and why. Exit code 0: explained, 1: configuration error, 2: usage error. */
export const explainCommand: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (asksForHelp(args)) {
      io.out(USAGE);
      return 0;
    }
    const question = readQuestion(args);
    if (typeof question === 'string') {
      io.err(`headgate-router explain: ${question}\nTry 'headgate-router explain --help'.\n`);
      return WRONG_USAGE;
    }
    const files = configurationFiles(question.files, DEFAULT_FILES, FILE_ENDINGS);
    if (files.length === 0) {
      io.err(
        `headgate-router explain: no configuration file: give one with -f FILE (looked for ${DEFAULT_FILES.join(', ')})\n`,
      );
      return WRONG_USAGE;
    }
    const { snapshot, problems } = await loadToLook(files);
    if (snapshot === undefined) {
      if (question.format === 'json') io.out(`${JSON.stringify({ problems: problems.map(problemRecord) })}\n`);
      else for (const problem of problems) io.err(`${formatProblem(problem)}\n`);
      return 1;
    }
    const { frontend: wanted, facts, response } = question;
    const { connection } = facts;
    const frontends = snapshot.frontends.filter(({ name }) => wanted === undefined || name === wanted);
    if (frontends.length === 0) {
      const near = nearest(
        wanted ?? '',
        snapshot.frontends.map(({ name }) => name),
      );
      io.err(
        `headgate-router explain: no such frontend '${wanted}'${near === undefined ? '' : `; did you mean '${near}'?`}\n`,
      );
      return WRONG_USAGE;
    }
    const world = systemWorld(snapshot.global.nbproc);
    const ways: object[] = [];
    for (const [index, frontend] of frontends.entries()) {
      const { name, number, defaultBackend, timeouts } = frontend;
      const entrance = { frontend: name, number, defaultBackend, clientTimeout: timeouts.client };
      facts.connection = arrived(connection, frontend);
      const known = {
        connection: facts.connection,
        request: facts,
        world,
        entrance,
        state: stateAtStart(snapshot, frontend),
        tracking: emptyTables(snapshot),
        logins: loginsOf(facts),
      };
      const variables = recorded(variablesOf(known));
      const evaluation = { ...known, variables, captures: capturesOf(frontend, known) };
      if (question.format === 'json') {
        const stages = explainRecords(snapshot, frontend, evaluation, response);
        ways.push(
          response === undefined ? stages : [...stages, { kind: 'end', ...tracesOf(evaluation, variables.names) }],
        );
      } else {
        const lines = explain(snapshot, frontend, evaluation, response);
        const left = response === undefined ? [] : leftLines(tracesOf(evaluation, variables.names));
        io.out(`${index > 0 ? '\n' : ''}${[...lines, ...left].join('\n')}\n`);
      }
    }
    if (question.format === 'json') io.out(`${JSON.stringify({ ways })}\n`);
    return 0;
  },
};
