import type {RunEventOf} from '../protocol/events';
import {GrowingColumns} from './growingColumns';

type MetricEvent = RunEventOf<'metric'>;

/** One metric over the run: values reported for whole epochs, evaluations or by the script, and those of batches. */
export interface MetricSeries {
  whole: GrowingColumns<'step' | 'value'>;
  batches: GrowingColumns<'step' | 'value'>;
}

/** Best and last value of a metric, and the step at which the best was reached. */
export interface MetricSummary {
  last: number;
  best: number;
  step: number;
}

/** Metrics of which less is better; of all others more is. */
const LESS_IS_BETTER = /loss|err|mse|mae|mape|msle|perplex|ppl|nll|kld|kullback|diverg|hinge|entropy|devian|cost|proximity|distance/i;

/** What the trainings and the script of a run reported, by name. */
export class MetricTable {
  private readonly byName = new Map<string, MetricSeries>();

  get names(): string[] {
    return [...this.byName.keys()];
  }

  add({source, step, values}: MetricEvent): void {
    for (const [name, value] of Object.entries(values)) {
      const series = this.entry(name);
      (source === 'batch' ? series.batches : series.whole).append({step: [step], value: [value]}, 0);
    }
  }

  get(name: string): MetricSeries | null {
    return this.byName.get(name) ?? null;
  }

  /** Summary of each metric. Batches count only where nothing whole was reported: one batch says little. */
  summaries(): Record<string, MetricSummary> {
    const summaries: [string, MetricSummary][] = [];
    for (const [name, {whole, batches}] of this.byName) {
      const source = whole.length > 0 ? whole : batches;
      summaries.push([name, summarize(source.column('step'), source.column('value'), LESS_IS_BETTER.test(name))]);
    }
    return Object.fromEntries(summaries);
  }

  private entry(name: string): MetricSeries {
    let series = this.byName.get(name);
    if (!series) {
      series = {whole: new GrowingColumns(['step', 'value']), batches: new GrowingColumns(['step', 'value'])};
      this.byName.set(name, series);
    }
    return series;
  }
}

function summarize(steps: Float64Array, values: Float64Array, lessIsBetter: boolean): MetricSummary {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? NaN;
    const held = values[best] ?? NaN;
    if (Number.isNaN(held) ? !Number.isNaN(value) : lessIsBetter ? value < held : value > held) best = i;
  }
  return {last: values.at(-1) ?? NaN, best: values[best] ?? NaN, step: steps[best] ?? NaN};
}
