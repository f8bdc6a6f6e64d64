// Installs a runtime in a process of its own and tells what happens, a JSON line each.
import {installRuntime} from '../../src/runtime/installation';
import {packageRoot, provideHeaders} from './managedRuntime';

const [from, dir] = process.argv.slice(2) as [string, string];
const say = (line: object): void => { process.stdout.write(`${JSON.stringify(line)}\n`); };

provideHeaders();
let last = '';
installRuntime({
  packageRoot, gpu: false, from, dir, node: process.execPath,
  onProgress: ({phase, detail}) => {
    if (phase !== last) say({phase, detail});
    last = phase;
  },
}).then(({installed, runtime, opsError}) => { say({installed, dir: runtime.dir, opsError}); }, (error: Error) => {
  say({error: error.message});
  process.exitCode = 1;
});
