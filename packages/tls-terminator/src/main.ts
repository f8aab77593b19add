import { holdEarlySignals } from '@headgate/shared/process/early-signals';

holdEarlySignals();

// Not before: loading takes most of the start, and SIGUSR1 would open the debugger meanwhile.
const [{ runProduct }, { app }] = await Promise.all([import('@headgate/shared/process/main'), import('./app.ts')]);
await runProduct(app, process.argv.slice(2));
