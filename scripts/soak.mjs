// What takes too long for CI: `npm run soak [-- NAME [STEPS]]`. It builds first what it runs.
import {soakSingMemory} from '../soak/singMemory.mjs';
import {buildAll} from './build.mjs';

const soaks = {'sing-memory': soakSingMemory};
const [name, steps] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(soaks, name)) {
  process.stderr.write(`There is no soak ${name}: give ${Object.keys(soaks).join(' or ')}.\n`);
  process.exit(2);
}
await buildAll({types: false});
for (const soak of name === undefined ? Object.values(soaks) : [soaks[name]]) {
  if (!soak(steps === undefined ? undefined : Number(steps))) process.exitCode = 1;
}
