import type { ServerConnection, ServerUser } from './server-connection.ts';

const nobody: ServerUser = {
  serverReady() {},
  serverData: () => false,
  serverEnded() {},
  serverClosed() {},
  serverDrained() {},
  serverTurn() {},
  serverTimedOut() {},
};

/** Resolves once a server connection is there. It has no user then. */
export async function ready(connection: ServerConnection): Promise<void> {
  await new Promise<void>((resolve) => (connection.user = { ...nobody, serverReady: resolve }));
  connection.user = undefined;
}
