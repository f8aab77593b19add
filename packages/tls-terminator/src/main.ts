import { runProduct } from '@headgate/shared/process/main';
import { app } from './app.ts';

await runProduct(app, process.argv.slice(2));
