import {mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import type * as Tfjs from '@tensorflow/tfjs';
import {buildSync} from 'esbuild';
import {beforeAll, describe, expect, it} from 'vitest';
import {HISTOGRAM_BINS} from '../../src/protocol/histogram';
import {MOMENT_COLUMNS} from '../../src/protocol/moments';
import type {NativeOps, NativeStep} from '../../src/sing/nativeOps';
import {DeviceMoments, type DeviceBinding} from '../../src/worker/deviceMoments';
import {loadNativeOps} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {referenceMoments, referenceSing, rootMeanSquare} from '../unit/native/reference';

type Tf = typeof Tfjs;
interface NodeBackend {
  binding: DeviceBinding & {getNumOfTensors(): number; TF_Version: string};
  getInputTensorIds(tensors: unknown[]): number[];
}

let tf: Tf;
let backend: NodeBackend;
let ops: NativeOps;
let paths: {tfjs: string; ops: string};

beforeAll(async () => {
  const runtime = await managedRuntime();
  restoreUtil();
  tf = createRequire(import.meta.url)(runtime.tfjsNodeDir) as Tf;
  backend = tf.backend() as unknown as NodeBackend;
  const loaded = loadNativeOps(runtime.opsPath ?? '', backend.binding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
  paths = {tfjs: runtime.tfjsNodeDir, ops: runtime.opsPath ?? ''};
}, 900_000);

/** Ids of tensors that the binding holds by now. */
function idsOf(tensors: unknown[]): number[] {
  return backend.getInputTensorIds(tensors);
}

describe('the native ops on the unmodified tfjs binding', () => {
  const arrays = [
    Float32Array.from({length: 5000}, (_, i) => Math.sin(i) * 1e-3 + 1),
    Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1e-42, -3e38),
    Float32Array.of(),
    Float32Array.of(-7),
  ];

  it('gives the moments and histograms of all inputs in one call each', () => {
    const tensors = arrays.map((values) => tf.tensor1d(values));
    const ids = idsOf(tensors);
    const moments = ops.moments(ids);
    const histograms = ops.histograms(ids);
    expect(moments.length).toBe(arrays.length * MOMENT_COLUMNS);
    arrays.forEach((values, row) => {
      const expected = referenceMoments(values);
      const tolerance = 1e-9 * rootMeanSquare(values);
      expected.forEach((value, column) => {
        const got = moments[row * MOMENT_COLUMNS + column] as number;
        if (Number.isNaN(value)) expect(got, `row ${row}, column ${column}`).toBeNaN();
        else expect(Math.abs(got - value), `row ${row}, column ${column}`).toBeLessThanOrEqual(1e-9 * Math.abs(value) + tolerance);
      });
      const counts = histograms.subarray(row * HISTOGRAM_BINS, (row + 1) * HISTOGRAM_BINS);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    });
    tf.dispose(tensors);
  });

  it('the same of the moments by TensorFlow\'s own kernels, as they are taken on a GPU, which keep two tensors at most', () => {
    const shaped = [tf.tensor(Float32Array.from({length: 24}, (_, i) => Math.sin(i) * 1e38), [2, 3, 4]), tf.scalar(4), ...arrays.map((values) => tf.tensor1d(values))];
    const device = new DeviceMoments(backend.binding);
    idsOf(shaped);
    const before = backend.binding.getNumOfTensors();
    for (const tensors of [shaped, shaped, shaped.slice(1, 2), [...shaped].reverse(), [shaped[4], shaped[4]]] as Tfjs.Tensor[][]) {
      const moments = device.moments(idsOf(tensors), tensors.map(({size}) => size));
      tensors.forEach((tensor, row) => {
        const values = tensor.dataSync() as Float32Array;
        referenceMoments(values).forEach((value, column) => {
          const got = moments[row * MOMENT_COLUMNS + column] as number;
          if (Number.isNaN(value)) expect(got, `row ${row}, column ${column}`).toBeNaN();
          else expect(Math.abs(got - value), `row ${row}, column ${column}: ${got} for ${value}`).toBeLessThanOrEqual(1e-9 * Math.abs(value) + 1e-9 * rootMeanSquare(values));
        });
      });
      expect(backend.binding.getNumOfTensors() - before).toBe(tensors === shaped ? 1 : 2);
    }
    tf.dispose(shaped);
  });

  it('transforms each gradient by its own axes, with the norms after it', () => {
    const cases = [
      {shape: [6, 5], axes: 1, rows: 6, columns: 5, centralize: 1},
      {shape: [3, 3, 4, 2], axes: 1, rows: 36, columns: 2, centralize: 1},
      {shape: [3, 3, 4, 2], axes: 2, rows: 9, columns: 8, centralize: 1},
      {shape: [3, 5, 2], axes: 2, rows: 3, columns: 10, centralize: 1},
      {shape: [10, 7], axes: 3, rows: 10, columns: 7, centralize: 2},
      {shape: [9], axes: 0, rows: 1, columns: 9, centralize: 0},
      {shape: [], axes: 0, rows: 1, columns: 1, centralize: 0},
    ] as const;
    const values = cases.map(({rows, columns}, at) => Float32Array.from({length: rows * columns}, (_, i) => Math.cos(i * (at + 1)) + 0.3));
    const tensors = cases.map(({shape}, at) => tf.tensor(values[at] as Float32Array, [...shape], 'float32'));
    for (const normalize of [0, 1, 2] as const) {
      const {outputs, norms} = ops.sing(idsOf(tensors), cases.map(({axes}) => axes), normalize, 1e-8);
      cases.forEach(({shape, rows, columns, centralize}, at) => {
        const expected = referenceSing(values[at] as Float32Array, rows, columns, centralize, normalize, 1e-8);
        const output = outputs[at] as {id: number; shape: number[]};
        expect(output.shape).toEqual(shape);
        const got = backend.binding.tensorDataSync(output.id) as Float32Array;
        expected.forEach((value, i) => { expect(got[i]).toBeCloseTo(value, 5); });
        expect(norms[at]).toBeCloseTo(Math.hypot(...expected), 6);
        backend.binding.deleteTensor(output.id);
      });
    }
    tf.dispose(tensors);
  });

  it('keeps no tensor, neither after a call nor after a refused one', () => {
    const float = tf.tensor1d([1, 2, 3]);
    const int = tf.tensor1d([1, 2, 3], 'int32');
    const [floatId, intId] = idsOf([float, int]) as [number, number];
    const before = [backend.binding.getNumOfTensors(), tf.memory().numTensors];
    ops.moments([floatId]);
    ops.histograms([floatId, floatId]);
    for (const {id} of ops.sing([floatId], [0], 1, 1e-8).outputs) backend.binding.deleteTensor(id);
    expect(() => ops.moments([intId])).toThrow(/float/);
    expect(() => ops.sing([floatId], [2], 1, 1e-8)).toThrow(/axes 2 does not fit input 0 of rank 1/);
    expect(() => ops.sing([floatId], [0, 0], 1, 1e-8)).toThrow(/one value for each input/);
    expect(() => ops.sing([floatId], [0], 7 as 1, 1e-8)).toThrow(/normalize/);
    expect([backend.binding.getNumOfTensors(), tf.memory().numTensors]).toEqual(before);
    tf.dispose([float, int]);
  });

  it('says why ops that are not there do not load', () => {
    expect(loadNativeOps('/no/such/singscope_ops.node', backend.binding)).toEqual({error: expect.stringContaining('/no/such/singscope_ops.node') as string});
  });
});

type Rule = NativeStep['settings']['rule'];
type Settings = NativeStep['settings'];

const rate = 0.05;
const adam: Rule = {rule: 'adam', learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, softplus: 0, weightDecay: 0};
const plain: Omit<Settings, 'rule'> = {transform: null, merge: null, skipNonFinite: false, wants: 'none'};
const read = (id: number): number[] => [...backend.binding.tensorDataSync(id) as Float32Array];
const held = (): number[] => [backend.binding.getNumOfTensors(), tf.memory().numTensors];

function stepOf(rule: Rule, gradients: number[], weights: number[], state: number[], settings: Partial<Settings> = {}, step = 1): NativeStep {
  return {
    gradients, weights, state, slow: null,
    transforms: gradients.map(() => true), axes: gradients.map(() => 0 as const), decays: gradients.map(() => false),
    corrections: gradients.map(() => [1 - 0.9 ** step, 1 - 0.999 ** step] as const),
    settings: {...plain, rule, ...settings},
  };
}

describe('the native update on the unmodified tfjs binding', () => {
  const shapes = [[3, 3, 2, 4], [7], [], [1], [0, 3], [2049]];
  const sizeOf = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);
  const waves = (shape: number[], phase: number): Float32Array => Float32Array.from({length: sizeOf(shape)}, (_, i) => Math.sin(1.3 * i + phase));
  const rules: {name: string; rule: Rule; arrays: number; optimizer: () => Tfjs.Optimizer}[] = [
    {name: 'sgd', rule: {rule: 'sgd', learningRate: rate}, arrays: 0, optimizer: () => tf.train.sgd(rate)},
    {name: 'momentum', rule: {rule: 'momentum', learningRate: rate, momentum: 0.9, nesterov: false}, arrays: 1, optimizer: () => tf.train.momentum(rate, 0.9)},
    {name: 'nesterov', rule: {rule: 'momentum', learningRate: rate, momentum: 0.9, nesterov: true}, arrays: 1, optimizer: () => tf.train.momentum(rate, 0.9, true)},
    {name: 'adam', rule: adam, arrays: 2, optimizer: () => tf.train.adam(rate, 0.9, 0.999, 1e-7)},
  ];

  it.each(rules)('goes 20 steps as the library does: $name', ({rule, arrays, optimizer}) => {
    const stock = optimizer();
    const variables = shapes.map((shape, at) => tf.variable(tf.tensor(waves(shape, at), shape, 'float32')));
    const gradientsOf = (step: number): Tfjs.Tensor[] => shapes.map((shape, at) => tf.tensor(waves(shape, at + 0.7 * step), shape, 'float32'));
    for (let step = 1; step <= 20; step++) {
      const gradients = gradientsOf(step);
      stock.applyGradients(Object.fromEntries(variables.map(({name}, at) => [name, gradients[at] as Tfjs.Tensor])));
      tf.dispose(gradients);
    }
    // The library's optimizer keeps tensors of its own: only what follows is counted.
    const before = held();
    const starts = shapes.map((shape, at) => tf.tensor(waves(shape, at), shape, 'float32'));
    let weights = idsOf(starts);
    const state = weights.flatMap((id) => Array.from({length: arrays}, () => ops.state(id, 'zeros').id));
    const own: number[] = [];
    for (let step = 1; step <= 20; step++) {
      const gradients = gradientsOf(step);
      const outcome = ops.update(stepOf(rule, idsOf(gradients), weights, state, {}, step));
      expect(outcome.weights.map(({shape}) => shape)).toEqual(shapes);
      weights = outcome.weights.map(({id}) => id);
      own.push(...weights);
      tf.dispose(gradients);
    }
    variables.forEach((variable, at) => {
      const got = read(weights[at] as number);
      const expected = variable.dataSync();
      expect(got.length).toBe(expected.length);
      const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
      expect(worst, `parameter ${at}`).toBeLessThan(2e-5);
      if (got.length > 0) expect(got).not.toEqual([...waves(shapes[at] as number[], at)]);
    });
    for (const id of [...own, ...state]) ops.release(id);
    tf.dispose(starts);
    expect(held()).toEqual(before);
    tf.dispose(variables);
    stock.dispose();
  });

  it('makes new weights, so that a clone stays, and writes the state in place', () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3]));
    const clone = variable.clone();
    const gradient = tf.tensor1d([0.5, -0.5, 1]);
    const [gradientId, weightId] = idsOf([gradient, variable]) as [number, number];
    const velocity = ops.state(weightId, 'copy').id;
    const rule: Rule = {rule: 'momentum', learningRate: 0.5, momentum: 0.5, nesterov: false};
    const [updated] = ops.update(stepOf(rule, [gradientId], [weightId], [velocity])).weights;
    const id = updated?.id ?? -1;
    expect(read(velocity)).toEqual([1, 0.5, 2.5]);
    expect(read(id)).toEqual([0.5, 1.75, 1.75]);
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    expect([...variable.dataSync()]).toEqual([1, 2, 3]);
    ops.release(id);
    ops.release(velocity);
    tf.dispose([variable, clone, gradient]);
  });

  it.each([NaN, Infinity])('leaves everything as it was at a gradient with %s', (value) => {
    const tensors = [tf.tensor1d([1, 2]), tf.tensor1d([1, value]), tf.tensor1d([5, 6]), tf.tensor1d([7, 8])];
    const [good, bad, first, second] = idsOf(tensors) as [number, number, number, number];
    const state = [first, first, second, second].map((id) => ops.state(id, 'copy').id);
    const slow = [first, second].map((id) => ops.state(id, 'copy').id);
    const before = held();
    const outcome = ops.update({...stepOf(adam, [good, bad], [first, second], state, {skipNonFinite: true, wants: 'all', merge: 0.5}), slow});
    expect(outcome.skipped).toBe(true);
    expect(outcome.weights).toEqual([]);
    expect([...outcome.norms]).toEqual([NaN, NaN]);
    expect(outcome.moments?.gradients[0]).toBe(2);
    expect(outcome.moments?.others?.weights.every(Number.isNaN)).toBe(true);
    expect(held()).toEqual(before);
    expect([first, second, ...state, ...slow].map(read)).toEqual([[5, 6], [7, 8], [5, 6], [5, 6], [7, 8], [7, 8], [5, 6], [7, 8]]);
    for (const id of [...state, ...slow]) ops.release(id);
    tf.dispose(tensors);
  });

  it('refuses what does not fit, with nothing changed and nothing kept', () => {
    const tensors = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6]), tf.tensor1d([7, 8]), tf.tensor1d([1, 2, 3], 'int32')];
    const [gradient, weight, short, int] = idsOf(tensors) as [number, number, number, number];
    const state = [ops.state(weight, 'copy').id, ops.state(weight, 'copy').id];
    const shortState = ops.state(short, 'copy').id;
    const before = held();
    const differ = /gradient, weights and state of parameter 1 differ in size/;
    const four = [...state, ...state];
    // The first parameter fits: it too must stay as it was.
    expect(() => ops.update(stepOf(adam, [gradient, short], [weight, weight], four))).toThrow(differ);
    expect(() => ops.update(stepOf(adam, [gradient, gradient], [weight, short], four))).toThrow(differ);
    expect(() => ops.update(stepOf(adam, [gradient, gradient], [weight, weight], [...state, ...state.slice(1), shortState]))).toThrow(differ);
    expect(() => ops.update({...stepOf(adam, [gradient, gradient], [weight, weight], four), slow: [state[0] as number, shortState]})).toThrow(differ);
    expect(() => ops.update(stepOf(adam, [gradient], [weight], state.slice(1)))).toThrow(/numbers of the step do not fit/);
    const transform = {normalize: true, epsilon: 1e-8} as unknown as Settings['transform'];
    expect(() => ops.update({...stepOf(adam, [gradient], [weight], state, {transform}), axes: [2]})).toThrow(/axes 2 does not fit parameter 0 of rank 1/);
    expect(() => ops.update(stepOf(adam, [int], [weight], state))).toThrow(/float/);
    expect(held()).toEqual(before);
    expect([weight, ...state, shortState].map(read)).toEqual([[4, 5, 6], [4, 5, 6], [4, 5, 6], [7, 8]]);
    for (const id of [...state, shortState]) ops.release(id);
    tf.dispose(tensors);
  });

  it('updates in two worker threads at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'singscope-threads-'));
    try {
      const program = join(folder, 'thread.cjs');
      buildSync({stdin: {contents: threadProgram, resolveDir: packageRoot, loader: 'ts'}, outfile: program, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error'});
      const run = (start: number): Promise<number[]> => new Promise((resolve, reject) => {
        const worker = new Worker(program, {workerData: {...paths, start}});
        worker.once('message', resolve).once('error', reject).once('exit', (code) => { reject(new Error(`The thread ended with ${code}`)); });
      });
      const results = await Promise.all([run(1), run(2)]);
      // Velocity of gradient 1 with momentum 0.5 is 2 − 2^(1 − step); exact in float32 up to the rounding of the sums.
      const moved = Array.from({length: 200}, (_, i) => 2 - 2 ** -i).reduce((sum, velocity) => sum + velocity / 1024, 0);
      results.forEach((values, at) => {
        expect(values.length).toBe(50_000);
        expect(Math.max(...values)).toBe(Math.min(...values));
        expect(values[0]).toBeCloseTo(at + 1 - moved, 4);
      });
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  });
});

const threadProgram = `
  import {createRequire} from 'node:module';
  import {parentPort, workerData} from 'node:worker_threads';
  import {loadNativeOps} from './src/worker/nativeOps';
  import {restoreUtil} from './src/worker/nodeCompat';
  restoreUtil();
  const tf = createRequire(workerData.ops)(workerData.tfjs);
  const backend = tf.backend();
  const ops = loadNativeOps(workerData.ops, backend.binding);
  if ('error' in ops) throw new Error(ops.error);
  const [gradient, start] = backend.getInputTensorIds([tf.ones([50000]), tf.fill([50000], workerData.start)]);
  const velocity = ops.state(start, 'zeros').id;
  const settings = {transform: null, merge: null, skipNonFinite: true, wants: 'all', rule: {rule: 'momentum', learningRate: 1 / 1024, momentum: 0.5, nesterov: false}};
  let weights = start;
  for (let step = 0; step < 200; step++) {
    const [updated] = ops.update({gradients: [gradient], weights: [weights], state: [velocity], slow: null, transforms: [false], axes: [0], decays: [false], corrections: [[1, 1]], settings}).weights;
    ops.release(weights);
    weights = updated.id;
  }
  parentPort.postMessage([...backend.binding.tensorDataSync(weights)]);
`;
