import {processStartTime} from '../src/platform/processStart';
import {parameterOf, parameterRow, RunFolder, stepRow, type Row as TableRow} from '../test/support/runFolder';

export const PARAMETERS = 60;
/** Rows of one write of the recorder. */
const BATCH_STEPS = 50;
/** Steps between two samples: histograms, and numbers of the updates. */
const SAMPLE_STEPS = 50;
const HISTOGRAM_BINS = 24;
const FIRST_BIN = 230;

/** A run of many parameters that counts as going on while this process lives. */
export class LargeRun {
  private readonly folder: RunFolder;
  private written = 0;

  constructor(readonly store: string, readonly id: string) {
    this.folder = new RunFolder(store, id, {created: Date.now()});
    this.folder.event({type: 'start', time: Date.now(), pid: process.pid, processStart: processStartTime(process.pid), node: process.version, control: null});
    this.folder.parameters(...Array.from({length: PARAMETERS}, (_, i) => parameterOf(i, `layer${i >> 1}/${i % 2 === 0 ? 'kernel' : 'bias'}`, {shape: [64, 64]})));
  }

  get steps(): number {
    return this.written;
  }

  /** Records up to that step. */
  growTo(step: number): void {
    while (this.written < step) {
      const first = this.written + 1;
      const last = Math.min(step, this.written + BATCH_STEPS);
      const steps = Array.from({length: last - first + 1}, (_, i) => first + i);
      this.folder.steps(steps.map((at) => stepRow(at, {loss: 2 / Math.sqrt(at) + 0.1 * wave(at, 0), norm: 1 + 0.3 * wave(at, 1)})));
      this.folder.rows(steps.flatMap((at) => Array.from({length: PARAMETERS}, (_, i) => parameterValues(at, i))));
      const sampled = steps.filter((at) => at % SAMPLE_STEPS === 0);
      const samples = <T>(of: (at: number, parameter: number) => T): T[] => sampled.flatMap((at) => Array.from({length: PARAMETERS}, (_, i) => of(at, i)));
      if (sampled.length > 0) this.folder.histograms(samples(histogram)).updates(samples(updateValues));
      this.written = last;
    }
  }

  end(): void {
    this.folder.end({step: this.written}).exit();
  }
}

function parameterValues(step: number, parameter: number): TableRow {
  const norm = (0.2 + parameter / PARAMETERS) * (1 + 0.4 * wave(step, parameter));
  return parameterRow(step, parameter, {mean: 0.01 * wave(step, parameter + 1), std: 0.1 * norm, min: -0.4 * norm, max: 0.5 * norm, norm, normAfter: norm, zeros: step % 7});
}

function updateValues(step: number, parameter: number): TableRow {
  return {step, parameter, weightNorm: 5, updateNorm: 0.005 * (1.5 + wave(step, parameter)), cosine: wave(step, parameter + 3), secondMomentRms: 1 + 0.2 * wave(step, parameter), deadUnits: 0.1};
}

function histogram(step: number, parameter: number): TableRow {
  const bins = Array.from({length: HISTOGRAM_BINS}, (_, i) => FIRST_BIN + i);
  return {step, parameter, bins, counts: bins.map((bin) => 1 + Math.round(90 * (1 + wave(step + bin * 40, parameter))))};
}

/** Some number from −1 to 1 that changes from step to step, the same each time. */
function wave(step: number, phase: number): number {
  return 0.6 * Math.sin(step / 90 + phase) + 0.4 * Math.sin(step * 12.9898 + phase * 78.233);
}
