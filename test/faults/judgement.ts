import * as tf from '@tensorflow/tfjs';
import {Detector} from '../../src/diagnosis/detector';
import type {Finding} from '../../src/protocol/finding';
import type {Case} from './case';
import {watch, type Series} from './observer';
import {withSeed} from './seededRandom';

/** Trains a case with a seed, watched. */
export async function record(one: Case, seed: number): Promise<Series> {
  tf.engine().startScope();
  try {
    return await withSeed(seed, () => watch(one.run));
  } finally {
    tf.engine().endScope();
    tf.disposeVariables();
  }
}

/** All that the detector says of a recorded training. */
export function judge(series: Series): Finding[] {
  const detector = new Detector();
  for (const parameter of series.parameters) detector.addParameter(parameter);
  const findings = series.steps.flatMap((step, at) => {
    const found = detector.observe(step);
    for (const {steps, epoch, values} of series.epochs) if (steps === at + 1) detector.endEpoch(epoch, values);
    return found;
  });
  return [...findings, ...detector.finish(series.steps.at(-1)?.step ?? 0)];
}
