import type {TfModel} from './tfjsTypes';

/**
 * Names of what `evaluate` returns. Of a model with several outputs tfjs 4 returns a running total of the losses for each
 * output, the last of which is the loss, and then what its names after the first mean.
 * @param count of numbers
 * @returns a name for each of the last numbers; none where they can't be told
 */
export function evaluationNames(model: TfModel, count: number): string[] {
  const names = model.getDedupedMetricsNames?.() ?? model.metricsNames ?? [];
  const ahead = count - names.length;
  return ahead === 0 || ahead === (model.outputs?.length ?? 1) - 1 ? names : [];
}
