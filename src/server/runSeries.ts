import {join} from 'node:path';
import {runFiles} from '../protocol/runFolder';
import {stepsSchema} from '../protocol/tables';
import {FollowedTable} from '../runs/followedTable';
import {GrowingColumns} from '../runs/growingColumns';
import {ParameterTail} from '../runs/parameterTail';
import {GrownFile} from './grownFile';

const gradientColumns = ['step', 'norm', 'mean', 'std'] as const;
const stepColumns = ['step', 'loss', 'norm', 'tensors', 'rss'] as const;
const MOST_RUNS = 2;

/** Steps of one parameter in order; `norm`, `mean` and `std` of its gradient before SING, NaN where it is not finite. */
export type GradientSeries = GrowingColumns<(typeof gradientColumns)[number]>;

/** Steps of a whole run in order. */
export type StepSeries = GrowingColumns<(typeof stepColumns)[number]>;

/** Numbers over time of the few runs that were asked for last. */
export class SeriesCache {
  private readonly runs = new Map<string, RunSeries>();

  /** Gradients of one parameter. @param dir folder of the run */
  gradients(dir: string, parameter: number): GradientSeries | null {
    return this.run(dir).gradients(parameter);
  }

  steps(dir: string): StepSeries {
    return this.run(dir).steps();
  }

  private run(dir: string): RunSeries {
    const held = this.runs.get(dir) ?? new RunSeries(dir);
    this.runs.delete(dir);
    this.runs.set(dir, held);
    const [oldest] = this.runs.keys();
    if (this.runs.size > MOST_RUNS && oldest !== undefined) this.runs.delete(oldest);
    return held;
  }
}

class RunSeries {
  private readonly parameterFile: GrownFile;
  private readonly stepFile: GrownFile;
  private parameterTail: ParameterTail;
  private stepTail: FollowedTable;
  private readonly byParameter = new Map<number, GradientSeries>();
  private stepSeries: StepSeries = new GrowingColumns(stepColumns);

  constructor(private readonly dir: string) {
    this.parameterFile = new GrownFile(join(dir, runFiles.parameters));
    this.stepFile = new GrownFile(join(dir, runFiles.steps));
    this.parameterTail = new ParameterTail(dir);
    this.stepTail = this.openSteps();
  }

  gradients(parameter: number): GradientSeries | null {
    if (this.parameterFile.hasChanged()) this.readParameters();
    return this.byParameter.get(parameter) ?? null;
  }

  steps(): StepSeries {
    if (this.stepFile.hasChanged()) this.readSteps();
    return this.stepSeries;
  }

  private openSteps(): FollowedTable {
    return new FollowedTable(join(this.dir, runFiles.steps), stepsSchema, 'thread');
  }

  private readSteps(): void {
    let batches = this.stepTail.read();
    if (this.stepTail.wasReplaced) {
      // What was let go on disk is let go here too.
      this.stepTail = this.openSteps();
      this.stepSeries = new GrowingColumns(stepColumns);
      batches = this.stepTail.read();
    }
    for (const {rows, numbers} of batches) this.stepSeries.appendRange(numbers, 0, rows);
  }

  private readParameters(): void {
    let batches = this.parameterTail.read();
    if (this.parameterTail.wasReplaced) {
      this.parameterTail = new ParameterTail(this.dir);
      this.byParameter.clear();
      batches = this.parameterTail.read();
    }
    for (const {rows, numbers} of batches) {
      const norm = Float64Array.from(numbers.norm ?? []);
      const columns = {...numbers, norm};
      for (let row = 0; row < rows; row++) {
        // The recorded norm is that of the finite elements.
        const broken = (numbers.nan?.[row] ?? 0) + (numbers.posInf?.[row] ?? 0) + (numbers.negInf?.[row] ?? 0);
        if (broken > 0) norm[row] = NaN;
        const index = numbers.parameter?.[row] ?? -1;
        let series = this.byParameter.get(index);
        if (series === undefined) this.byParameter.set(index, (series = new GrowingColumns(gradientColumns)));
        series.append(columns, row);
      }
    }
  }
}
