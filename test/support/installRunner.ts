// Installs a runtime in a process of its own and tells what happens, a JSON line each. In the phase that a third argument names it stands
// still, so that it can be killed there however late that comes.
import {installRuntime} from '../../src/runtime/installation';
import {packageRoot, provideHeaders} from './managedRuntime';

const [from, dir, still] = process.argv.slice(2) as [string, string, string | undefined];
const say = (line: object): void => { process.stdout.write(`${JSON.stringify(line)}\n`); };

provideHeaders();
let last = '';
installRuntime({
  packageRoot, gpu: false, from, dir, node: process.execPath,
  onProgress: ({phase, detail}) => {
    if (phase !== last) say({phase, detail});
    last = phase;
    if (phase === still) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
}).then(({installed, runtime, opsError}) => { say({installed, dir: runtime.dir, opsError}); }, (error: Error) => {
  say({error: error.message});
  process.exitCode = 1;
});
