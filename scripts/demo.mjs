// The main job on real digits, on a bare machine: does SING help this network? Once with momentum,
// where it decides whether the network learns at all, and once with Adam, where it hardly matters.
import {spawn} from 'node:child_process';
import {availableParallelism} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildAll} from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Sized so that both trials together take less than five minutes on two cores in pure JavaScript.
const SEEDS = 3;
const STEPS = 100;
const OPTIMIZERS = ['momentum', 'adam'];

const jobs = availableParallelism();
const script = relative(process.cwd(), join(root, 'examples', 'digits', 'train.js'));
const runs = 2 * SEEDS + 1;

console.log('Building …');
await buildAll({types: false});
console.log(`Real MNIST digits, a plain network of 20 layers, ${STEPS} steps of 64 images; SING off against on with ${SEEDS} seeds`);
console.log(`(${runs} trainings for each of ${OPTIMIZERS.join(' and ')}, ${jobs} at a time).\n`);

let interrupted = false;
// The comparison hears Ctrl-C too, stops its trainings and says how to go on: wait for it.
process.on('SIGINT', () => {
  interrupted = true;
});

for (const optimizer of OPTIMIZERS) {
  if (interrupted) break;
  console.log(`== ${optimizer} ==`);
  const exitCode = await compare(['--optimizer', optimizer, '--steps', String(STEPS)]);
  console.log('');
  if (exitCode !== 0) {
    process.exitCode = exitCode;
    break;
  }
}

function compare(args) {
  const cli = join(root, 'bin', 'singscope.js');
  const child = spawn(process.execPath, [cli, 'ab', script, '--seeds', String(SEEDS), '--jobs', String(jobs), '--', ...args], {stdio: 'inherit'});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? code : 130));
  });
}
