import {mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {quantile} from '../src/runs/lossCurve';
import {managedRuntime, packageRoot} from '../test/support/managedRuntime';
import {networks, smallNetworks} from './networks';
import {pairedRow, type Row} from './rows';
import {benchStore} from './store';
import {TurnTaker} from './turns';

const BENCH = 'telemetry';
/** Each set has processes of its own: two of one program differ for as long as they live, by where their memory lies. */
const SETS = 5;
const ROUNDS = 8;
/** Everything is compiled and the governor has settled. */
const WARM_UP_ROUNDS = 4;
const MEDIAN = 0.5;
const GOAL = 1.02;
/** Points of percent that our own number may be off. */
const OWN_GOAL = 1;
const PERCENT = 100;

/** Steps of a block, some half a second, and what a step with SING may cost against the bare twin's. */
const plans: Readonly<Record<string, {steps: number; singGoal: number | null}>> = {
  'MLP 784-512-512-10': {steps: 24, singGoal: 0.6},
  '20 layers of 64': {steps: 16, singGoal: 0.7},
  '150 layers of 32': {steps: 2, singGoal: 0.6},
  '3-conv CNN': {steps: 16, singGoal: 0.95},
  '2-layer LSTM': {steps: 2, singGoal: 1},
  'MLP 196-64-64-10': {steps: 16, singGoal: null},
  'CNN of 4 filters': {steps: 3, singGoal: null},
};

const twin = fileURLToPath(new URL('./twin.ts', import.meta.url));

/** Milliseconds of a step by arm. */
interface Times {
  bare: number;
  again: number;
  off: number;
  on: number | null;
}

/**
 * What observing costs: the same training in processes of its own, bare and under `singscope run`, which take turns of half a second.
 * Default settings: moments at every step, histograms by the governor.
 */
export async function benchTelemetry(say: (line: string) => void): Promise<Row[]> {
  const {tfjsNodeDir} = await managedRuntime();
  const folder = mkdtempSync(join(tmpdir(), 'singscope-bench-'));
  try {
    const rows = await benchStore(say);
    for (const {name} of networks) rows.push(...await rowsOf(name, name, tfjsNodeDir, folder, say));
    for (const {name} of smallNetworks) rows.push(...await rowsOf(name, `${name}, pure JavaScript`, '@tensorflow/tfjs', folder, say));
    return rows;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

async function rowsOf(network: string, title: string, tfjs: string, store: string, say: (line: string) => void): Promise<Row[]> {
  say(`${title} …`);
  const {singGoal} = plans[network] ?? {singGoal: null};
  const sets: {times: Times; own: number}[] = [];
  for (let set = 0; set < SETS; set++) sets.push(await measure(network, tfjs, singGoal !== null, store));
  const all = sets.map(({times}) => times);
  const own = medianOf(sets.map((set) => set.own));
  const names = {bench: BENCH, case: title, metric: 'whole step, against the bare twin', unit: 'ms'};
  const truth = PERCENT * (medianOf(all.map(({bare, off}) => off / bare)) - 1);
  const apart = Math.abs(own - truth);
  const rows = [
    // What two equal things differ by: no smaller difference can be told.
    pairedRow({...names, arm: 'the bare twin again'}, all.map(({again, bare}) => [again, bare]), null),
    pairedRow({...names, arm: 'observed'}, all.map(({off, bare}) => [off, bare]), GOAL),
    {bench: BENCH, case: title, arm: 'observed', metric: 'overheadPct that the run says', value: own, unit: '%', baseline: null, ratio: null, goal: null, met: null, samples: SETS},
    {bench: BENCH, case: title, arm: 'observed', metric: 'the same, off the truth by', value: apart, unit: 'points', baseline: null, ratio: null, goal: OWN_GOAL, met: apart <= OWN_GOAL, samples: SETS},
  ];
  if (singGoal === null) return rows;
  return [...rows, pairedRow({...names, arm: 'observed, SING on'}, all.flatMap(({on, bare}) => (on === null ? [] : [[on, bare] as const])), singGoal)];
}

/** One set of processes. @returns what its rounds say, and the share of its working time that the observed training says is ours, in percent */
async function measure(network: string, tfjs: string, withSing: boolean, store: string): Promise<{times: Times; own: number}> {
  const args = [network, String(plans[network]?.steps ?? 1)];
  const env = {...process.env, TFJS: tfjs};
  const bareTwin = (): TurnTaker => TurnTaker.start(['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, twin, ...args], env);
  const observed = (mode: 'off' | 'on'): TurnTaker => TurnTaker.start([join(packageRoot, 'bin/singscope.js'), 'run', twin, '--sing', mode, '--store', store, '--json', '--', ...args], env);
  const takers = {bare: bareTwin(), again: bareTwin(), off: observed('off'), on: withSing ? observed('on') : null};
  const rounds: Times[] = [];
  let share = NaN;
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    // Who comes after whom changes too: one leaves the caches and the clock of the processor as the next finds them.
    const order = (['bare', 'again', 'off', 'on'] as const).map((arm) => ({arm, key: Math.random()})).sort((a, b) => a.key - b.key).map(({arm}) => arm);
    const times: Times = {bare: NaN, again: NaN, off: NaN, on: null};
    for (const arm of order) {
      const block = await takers[arm]?.turn();
      if (block === undefined) continue;
      times[arm] = block.ms;
      if (arm === 'off') ({share} = block);
    }
    if (round >= WARM_UP_ROUNDS) rounds.push(times);
  }
  const said = await Promise.all([takers.off.end(), takers.bare.end(), takers.again.end(), takers.on?.end()]);
  const {overheadPct} = JSON.parse(/^\{"run".*$/m.exec(said[0])?.[0] ?? '{}') as {overheadPct: number | null};
  // Its own share is that of the time since it began, of which it had to wait for the others most.
  return {times: middle(rounds), own: (overheadPct ?? NaN) / share};
}

/** The bare twin's median, and the others' by the medians of their ratios to its block of the same round. */
function middle(rounds: readonly Times[]): Times {
  const bare = medianOf(rounds.map((times) => times.bare));
  const by = (arm: 'again' | 'off'): number => bare * medianOf(rounds.map((times) => times[arm] / times.bare));
  const on = rounds.flatMap((times) => (times.on === null ? [] : [times.on / times.bare]));
  return {bare, again: by('again'), off: by('off'), on: on.length === 0 ? null : bare * medianOf(on)};
}

function medianOf(values: readonly number[]): number {
  return quantile(values, MEDIAN);
}
