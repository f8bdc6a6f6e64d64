// Does memory grow with SING? The same training with the stock optimizer, SING on and full SING; slopes over its second half.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {slopeOf} from './slope.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MODES = ['off', 'on', 'full'];
const MIB = 2 ** 20;

/** @param {number} steps of each training @returns whether tensors and bytes stood still in all */
export function soakSingMemory(steps = 10_000) {
  const managed = managedPackage();
  let steady = true;
  process.stdout.write(`| runtime | SING | steps | RSS at half, MiB | at the end | slope, bytes a step | against off | tensors |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n`);
  for (const [runtime, tfjs] of [['managed', managed], ['pure JavaScript', '@tensorflow/tfjs']]) {
    if (tfjs === null) {
      process.stdout.write('| managed | not installed: `node bin/singscope.js runtime install` | | | | | | |\n');
      continue;
    }
    let stock = 0;
    for (const mode of MODES) {
      const samples = train(mode, tfjs, steps).slice(-Math.ceil(50 / 2));
      const slope = slopeOf(samples);
      if (mode === 'off') stock = slope;
      const still = samples.every(([, , tensors, bytes]) => tensors === samples[0][2] && bytes === samples[0][3]);
      steady &&= still;
      const [half, end] = [samples[0], samples.at(-1)].map(([, rss]) => (rss / MIB).toFixed(1));
      process.stdout.write(`| ${runtime} | ${mode} | ${steps} | ${half} | ${end} | ${slope.toFixed(1)} | ${(slope - stock).toFixed(1)} | ${still ? 'constant' : 'GROW'} |\n`);
    }
  }
  return steady;
}

function train(mode, tfjs, steps) {
  const folder = mkdtempSync(join(tmpdir(), 'singscope-soak-'));
  try {
    const args = [join(root, 'bin/singscope.js'), 'run', join(root, 'soak/training.cjs'), '--sing', mode, '--node-arg', '--expose-gc', '--store', folder, '--', String(steps)];
    const out = execFileSync(process.execPath, args, {env: {...process.env, TFJS: tfjs}, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * MIB});
    return JSON.parse(/SAMPLES (.*)/.exec(out)?.[1] ?? '[]');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function managedPackage() {
  const {runtimes} = JSON.parse(execFileSync(process.execPath, [join(root, 'bin/singscope.js'), 'runtime', 'list', '--json'], {encoding: 'utf8'}));
  return runtimes[0]?.tfjsNodeDir ?? null;
}
