import {pairsOf, timeInterleaved, type TimedArm} from './interleaved';
import {batchesOf, networks, smallNetworks, wideNetwork, type Batch, type Network} from './networks';
import {heldMemory, peakWhile} from './peakMemory';
import {pairedRow, type Row} from './rows';
import {loadTensorFlow, type Tf} from './tensorflow';
import {arms, disposeTrainings, gradientsOf, trainingsOf, trainStep, type Arm} from './trainings';

const BENCH = 'sing';
const BATCH = 64;
const BATCHES = 8;
const ROUNDS = 100;
const WARM_UP = 5;
/** The naive arm only explains: it takes part in fewer rounds. */
const NAIVE_EVERY = 4;
const MEMORY_ROUNDS = 5;
const MEBIBYTE = 2 ** 20;

/** Of a whole step against stock Adam's, plug-in and full SING alike. */
const stepGoals: Readonly<Record<string, number>> = {
  'MLP 784-512-512-10': 0.6,
  '20 layers of 64': 0.7,
  '150 layers of 32': 0.6,
  '3-conv CNN': 0.95,
  '2-layer LSTM': 1,
};
const OFF_GOAL = 1.03;
const OPTIMIZER_GOAL = 0.2;
const MEMORY_GOAL = 1;

/** Who is compared with whom, and what is good there. */
type Comparison = readonly [arm: Arm, baseline: Arm, goal: number | null];

/** What SING costs and saves: all arms in one process, on the managed TensorFlow and then on tfjs's pure JavaScript. */
export async function benchSing(say: (line: string) => void): Promise<Row[]> {
  const {tf, fusedUpdates} = await loadTensorFlow();
  const rows: Row[] = [];
  for (const network of networks) {
    const goal = stepGoals[network.name] ?? null;
    say(`${network.name}: whole steps …`);
    const before = fusedUpdates();
    rows.push(...wholeSteps(tf, network, network.name, [['on', 'stock', goal], ['full', 'stock', goal], ['on', 'off', OFF_GOAL], ['naive', 'stock', null]]));
    if (fusedUpdates() === before) say('No update of these was made by the native operation: what is measured is tfjs\'s own operations.');
    say(`${network.name}: the optimizer alone …`);
    rows.push(...optimizersAlone(tf, network, [['on', 'stock', OPTIMIZER_GOAL], ['full', 'stock', null], ['on', 'off', null]]));
  }
  say(`${wideNetwork.name}: peak memory …`);
  rows.push(...peakMemory(tf));
  await tf.setBackend('cpu');
  for (const network of smallNetworks) {
    say(`${network.name}: pure JavaScript …`);
    rows.push(...wholeSteps(tf, network, `${network.name}, pure JavaScript`, [['on', 'off', OFF_GOAL], ['on', 'stock', null]]));
  }
  return rows;
}

function wholeSteps(tf: Tf, network: Network, name: string, comparisons: readonly Comparison[]): Row[] {
  const batches = batchesOf(tf, network, BATCH, BATCHES);
  const trainings = trainingsOf(tf, network, armsOf(comparisons));
  const timed = trainings.map((training): TimedArm => ({
    name: training.arm,
    every: training.arm === 'naive' ? NAIVE_EVERY : 1,
    step: (round) => {
      const loss = trainStep(tf, training, batches[round % BATCHES]!);
      if (!Number.isFinite(loss)) throw new Error(`${name}, ${arms[training.arm]}: the loss is ${loss} in round ${round}: what is timed is no training`);
    },
  }));
  const rows = compare(name, 'whole step', timed, comparisons);
  disposeTrainings(trainings);
  disposeBatches(batches);
  return rows;
}

function optimizersAlone(tf: Tf, network: Network, comparisons: readonly Comparison[]): Row[] {
  const batches = batchesOf(tf, network, BATCH, 1);
  const trainings = trainingsOf(tf, network, armsOf(comparisons));
  const timed = trainings.map((training): TimedArm & {dispose: () => void} => {
    const gradients = gradientsOf(tf, training, batches[0]!);
    return {name: training.arm, step: () => { training.optimizer.applyGradients(gradients); }, dispose: () => { tf.dispose(gradients); }};
  });
  const rows = compare(network.name, 'optimizer alone', timed, comparisons);
  for (const {dispose} of timed) dispose();
  disposeTrainings(trainings);
  disposeBatches(batches);
  return rows;
}

function compare(name: string, metric: string, timed: readonly TimedArm[], comparisons: readonly Comparison[]): Row[] {
  const times = timeInterleaved(timed, ROUNDS, WARM_UP);
  return comparisons.map(([arm, baseline, goal]) => pairedRow({bench: BENCH, case: name, arm: arms[arm], metric: `${metric}, against ${arms[baseline]}`, unit: 'ms'}, pairsOf(times, arm, baseline), goal));
}

/** Of training with one arm at a time; what is allowed is stock Adam's and one copy of the weights, LookAhead's own apart. */
function peakMemory(tf: Tf): Row[] {
  const batches = batchesOf(tf, wideNetwork, BATCH, 1);
  const measured = (['stock', 'on', 'off', 'full'] as const).map((arm) => ({arm, peaks: [] as number[], weights: 0}));
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    for (const entry of measured) {
      const before = heldMemory();
      const trainings = trainingsOf(tf, wideNetwork, [entry.arm]);
      const step = (): void => { trainStep(tf, trainings[0]!, batches[0]!); };
      step();
      entry.peaks.push((peakWhile(step) - before) / MEBIBYTE);
      entry.weights = trainings[0]!.model.countParams() * Float32Array.BYTES_PER_ELEMENT / MEBIBYTE;
      disposeTrainings(trainings);
    }
  }
  disposeBatches(batches);
  const [stock, ...others] = measured;
  return others.map(({arm, peaks, weights}) => {
    const copies = arm === 'full' ? 2 : 1;
    const pairs = peaks.map((peak, round) => [peak, stock!.peaks[round]! + copies * weights] as const);
    const allowed = `stock Adam + ${copies === 1 ? 'a copy' : 'two copies'} of the weights (${weights.toFixed(0)} MiB)`;
    const names = {bench: BENCH, case: wideNetwork.name, arm: arms[arm], metric: `peak memory, against ${allowed}`, unit: 'MiB'};
    // Where the process still holds what former trainings had, a new one takes nothing from the system.
    const isMeasured = [...peaks, ...stock!.peaks].every((peak) => peak > weights);
    return isMeasured ? pairedRow(names, pairs, MEMORY_GOAL) : {...names, value: null, baseline: null, ratio: null, goal: MEMORY_GOAL, met: null, samples: pairs.length};
  });
}

function armsOf(comparisons: readonly Comparison[]): Arm[] {
  return [...new Set(comparisons.flatMap(([arm, baseline]) => [baseline, arm]))];
}

function disposeBatches(batches: readonly Batch[]): void {
  for (const {inputs, labels} of batches) {
    inputs.dispose();
    labels.dispose();
  }
}
