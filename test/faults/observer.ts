import * as tf from '@tensorflow/tfjs';
import type {DetectorParameter, StepObservation} from '../../src/diagnosis/detector';
import type {ParameterKind} from '../../src/protocol/events';
import {momentsOf} from './referenceMoments';

/** What a training gave to be judged: its parameters and every step. */
export interface Series {
  parameters: DetectorParameter[];
  steps: StepObservation[];
  /** Epochs of `fit` that ended: how many steps there were by then, and how many values it has. */
  epochs: Array<{steps: number; epoch: number; values: number}>;
}

interface LayerLike {
  name: string;
  getClassName(): string;
  trainableWeights: Array<{read(): tf.Variable}>;
}

const optimizerClasses = [tf.SGDOptimizer, tf.MomentumOptimizer, tf.AdamOptimizer, tf.RMSPropOptimizer, tf.AdagradOptimizer];

/**
 * Runs `train` with its optimizers watched as the worker watches them: the loss where gradients are
 * computed, the gradients where they are applied. One training at a time.
 */
export async function watch(train: () => Promise<void> | void): Promise<Series> {
  const series: Series = {parameters: [], steps: [], epochs: []};
  const models: Array<{layers: LayerLike[]}> = [];
  const indexOf = new Map<string, number>();
  const optimizers = new Map<tf.Optimizer, number>();
  const restore: Array<() => void> = [];
  let loss: number | null = null;

  const patch = <T extends object, K extends keyof T>(owner: T, key: K, make: (original: T[K]) => T[K]): void => {
    const original = owner[key];
    owner[key] = make(original);
    restore.push(() => { owner[key] = original; });
  };
  patch(tf.Optimizer.prototype, 'computeGradients', (original) => function (this: tf.Optimizer, f, list) {
    const result = original.call(this, f, list);
    loss = result.value.dataSync()[0] ?? NaN;
    return result;
  });
  patch(tf.LayersModel.prototype, 'compile', (original) => function (this: tf.LayersModel, args) {
    models.push(this as unknown as {layers: LayerLike[]});
    original.call(this, args);
  });

  patch(tf.LayersModel.prototype, 'fit', (original) => function (this: tf.LayersModel, x, y, args) {
    const onEpochEnd = (epoch: number, logs?: tf.Logs): void => { series.epochs.push({steps: series.steps.length, epoch, values: Object.keys(logs ?? {}).length}); };
    return original.call(this, x, y, {...args, callbacks: {onEpochEnd}});
  });

  const indexFor = (variable: tf.Variable): number => {
    const known = indexOf.get(variable.name);
    if (known !== undefined) return known;
    const layer = models.flatMap((model) => model.layers).find((candidate) => candidate.trainableWeights.some((weight) => weight.read() === variable));
    const index = series.parameters.length;
    const initial = momentsOf(variable.dataSync() as Float32Array);
    const layerClass = layer?.getClassName() ?? null;
    series.parameters.push({
      index, name: variable.name, layer: layer?.name ?? variable.name, layerClass, shape: [...variable.shape], kind: kindOf(variable.shape, layerClass), site: null,
      initial: {mean: initial[2] ?? NaN, std: initial[3] ?? NaN, min: initial[4] ?? NaN, max: initial[5] ?? NaN},
    });
    indexOf.set(variable.name, index);
    return index;
  };

  for (const {prototype} of optimizerClasses) {
    patch(prototype as tf.Optimizer, 'applyGradients', (original) => function (this: tf.Optimizer, gradients) {
      const entries = Array.isArray(gradients) ? gradients.map(({name, tensor}) => [name, tensor] as const) : Object.entries(gradients);
      const indices: number[] = [];
      const rows: number[] = [];
      for (const [name, value] of entries) {
        const variable = tf.engine().registeredVariables[name];
        if (variable === undefined || value == null) continue;
        indices.push(indexFor(variable));
        rows.push(...momentsOf((value as tf.Tensor).dataSync() as Float32Array));
      }
      if (!optimizers.has(this)) optimizers.set(this, optimizers.size);
      series.steps.push({
        step: series.steps.length + 1, loss: loss ?? NaN, hasLoss: loss !== null,
        learningRate: (this as unknown as {learningRate: number}).learningRate, optimizer: optimizers.get(this) ?? 0, thread: 0,
        parameters: indices, moments: Float64Array.from(rows), tensors: tf.memory().numTensors, bytes: tf.memory().numBytes,
      });
      loss = null;
      original.call(this, gradients);
    });
  }
  try {
    await train();
  } finally {
    for (const undo of restore.reverse()) undo();
  }
  return series;
}

function kindOf(shape: number[], layerClass: string | null): ParameterKind {
  if (layerClass === 'Embedding') return 'embedding';
  if (shape.length === 4) return 'conv2d';
  return shape.length >= 2 ? 'dense' : 'vector';
}
