// The performance tables: `npm run bench [-- sing|telemetry|panel] [--json|--markdown]`. What the bench starts is built first.
import {runnerImport} from 'vite';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const names = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));

if (names.length === 0 || names.includes('panel') || names.includes('telemetry')) await buildAll({types: false});
await runnerImport(join(root, 'bench/main.ts'), {root, configFile: false, logLevel: 'warn'});
