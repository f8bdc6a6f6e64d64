import {createRequire} from 'node:module';
import type * as Tfjs from '@tensorflow/tfjs';
import {beforeAll, describe, expect, it} from 'vitest';
import {HISTOGRAM_BINS} from '../../src/protocol/histogram';
import {MOMENT_COLUMNS} from '../../src/protocol/moments';
import type {NativeOps} from '../../src/sing/nativeOps';
import {loadNativeOps, type TfjsBinding} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {managedRuntime} from '../support/managedRuntime';
import {referenceMoments, referenceSing, rootMeanSquare} from '../unit/native/reference';

type Tf = typeof Tfjs;
interface NodeBackend {
  binding: TfjsBinding & {getNumOfTensors(): number; TF_Version: string};
  getInputTensorIds(tensors: unknown[]): number[];
}

let tf: Tf;
let backend: NodeBackend;
let ops: NativeOps;

beforeAll(async () => {
  const runtime = await managedRuntime();
  restoreUtil();
  tf = createRequire(import.meta.url)(runtime.tfjsNodeDir) as Tf;
  backend = tf.backend() as unknown as NodeBackend;
  const loaded = loadNativeOps(runtime.opsPath ?? '', backend.binding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
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

  it('transforms each gradient by its own axes, with the norms after it', () => {
    const cases = [
      {shape: [6, 5], axes: 1, rows: 6, columns: 5, centralize: 1},
      {shape: [3, 3, 4, 2], axes: 1, rows: 36, columns: 2, centralize: 1},
      {shape: [3, 3, 4, 2], axes: 2, rows: 9, columns: 8, centralize: 1},
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
