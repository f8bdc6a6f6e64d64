// The performance tables: `npm run bench [-- panel] [--json]`. What is measured is built first.
import {runnerImport} from 'vite';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await buildAll({types: false});
await runnerImport(join(root, 'bench/main.ts'), {root, configFile: false, logLevel: 'warn'});
