// What takes too long for CI: `npm run soak [-- NAME [STEPS or TIMES]]`. It builds first what it runs.
import {soakSingMemory} from '../soak/singMemory.mjs';
import {runnerImport} from 'vite';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const soaks = {'sing-memory': soakSingMemory, kill: soakKill, long: soakLong};
const [name, steps] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(soaks, name)) {
  process.stderr.write(`There is no soak ${name}: give ${Object.keys(soaks).join(' or ')}.\n`);
  process.exit(2);
}
await buildAll({types: false});
for (const soak of name === undefined ? Object.values(soaks) : [soaks[name]]) {
  if (!await soak(steps === undefined ? undefined : Number(steps))) process.exitCode = 1;
}

/** @param {number | undefined} times */
async function soakKill(times) {
  const {module} = await runnerImport('./soak/kill.ts', {root, configFile: false, logLevel: 'warn'});
  return module.soakKill(times);
}

/** @param {number | undefined} length */
async function soakLong(length) {
  const {module} = await runnerImport('./soak/long.ts', {root, configFile: false, logLevel: 'warn'});
  return module.soakLong(length);
}
