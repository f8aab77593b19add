import { abortedRequests } from './attacks/aborted-requests.ts';
import { chunkedDelete } from './attacks/chunked-delete.ts';
import { controlBytes } from './attacks/control-bytes.ts';
import { credentials } from './attacks/credentials.ts';
import { cutLooksWhole } from './attacks/cut-looks-whole.ts';
import { deafClients } from './attacks/deaf-clients.ts';
import { descriptors } from './attacks/descriptors.ts';
import { diesInAnswer } from './attacks/dies-in-answer.ts';
import { drippingHead } from './attacks/dripping-head.ts';
import { endlessHead } from './attacks/endless-head.ts';
import { endlessInterim } from './attacks/endless-interim.ts';
import { forwardedFor } from './attacks/forwarded-for.ts';
import { h2c } from './attacks/h2c.ts';
import { halfOpenTunnels } from './attacks/half-open-tunnels.ts';
import { handshakeReset } from './attacks/handshake-reset.ts';
import { lengthAndChunks } from './attacks/length-and-chunks.ts';
import { loginSharing } from './attacks/login-sharing.ts';
import { path } from './attacks/path.ts';
import { refusedUpgrade } from './attacks/refused-upgrade.ts';
import { silentServer } from './attacks/silent-server.ts';
import { status099 } from './attacks/status-099.ts';
import { strippedAddress } from './attacks/stripped-address.ts';
import { trailer } from './attacks/trailer.ts';
import { tunnelReset } from './attacks/tunnel-reset.ts';
import { twoAnswers } from './attacks/two-answers.ts';
import { unknownUpgrade } from './attacks/unknown-upgrade.ts';
import type { Attack } from './attack.ts';

/** Every attack of the table, in its order. */
export const attacks: readonly Attack[] = [
  trailer,
  handshakeReset,
  tunnelReset,
  status099,
  abortedRequests,
  halfOpenTunnels,
  descriptors,
  deafClients,
  endlessInterim,
  endlessHead,
  chunkedDelete,
  lengthAndChunks,
  h2c,
  twoAnswers,
  controlBytes,
  diesInAnswer,
  cutLooksWhole,
  silentServer,
  drippingHead,
  unknownUpgrade,
  refusedUpgrade,
  forwardedFor,
  strippedAddress,
  credentials,
  path,
  loginSharing,
];
