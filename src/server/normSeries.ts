import {statSync} from 'node:fs';
import {join} from 'node:path';
import {runFiles} from '../protocol/runFolder';
import {parametersSchema} from '../protocol/tables';
import {ArrowTail} from '../runs/arrowTail';
import {GrowingColumns} from '../runs/growingColumns';

const columns = ['step', 'norm', 'mean', 'std'] as const;
const MOST_RUNS = 2;

/** Steps of one parameter in order; `norm`, `mean` and `std` of its gradient before SING, NaN where it is not finite. */
export type NormSeries = GrowingColumns<(typeof columns)[number]>;

/** Gradients over time of the few runs that were asked for last. */
export class SeriesCache {
  private readonly runs = new Map<string, RunSeries>();

  /** @param dir folder of the run */
  series(dir: string, parameter: number): NormSeries | null {
    const held = this.runs.get(dir) ?? new RunSeries(dir);
    this.runs.delete(dir);
    this.runs.set(dir, held);
    const [oldest] = this.runs.keys();
    if (this.runs.size > MOST_RUNS && oldest !== undefined) this.runs.delete(oldest);
    return held.series(parameter);
  }
}

class RunSeries {
  private readonly tail: ArrowTail;
  private readonly byParameter = new Map<number, NormSeries>();
  private readonly path: string;
  private bytes = -1;

  constructor(dir: string) {
    this.path = join(dir, runFiles.parameters);
    this.tail = new ArrowTail(this.path, parametersSchema);
  }

  series(parameter: number): NormSeries | null {
    this.refresh();
    return this.byParameter.get(parameter) ?? null;
  }

  private refresh(): void {
    const bytes = sizeOf(this.path);
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    for (const {rows, numbers} of this.tail.read()) {
      const norm = Float64Array.from(numbers.norm ?? []);
      for (let row = 0; row < rows; row++) {
        // The recorded norm is that of the finite elements.
        const broken = (numbers.nan?.[row] ?? 0) + (numbers.posInf?.[row] ?? 0) + (numbers.negInf?.[row] ?? 0);
        if (broken > 0) norm[row] = NaN;
        const index = numbers.parameter?.[row] ?? -1;
        let series = this.byParameter.get(index);
        if (series === undefined) this.byParameter.set(index, (series = new GrowingColumns(columns)));
        series.append({...numbers, norm}, row);
      }
    }
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return -1;
  }
}
