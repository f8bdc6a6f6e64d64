import type {RunStatus} from '../../protocol/runSummary';
import {LOSS_WINDOW, type LossCurve} from '../../runs/lossCurve';
import type {RunReader} from '../../runs/runReader';
import {trainingDiverged} from '../../runs/runSummary';

/** Beginning and end of the losses of one optimizer and thread. */
interface Ends {
  first: number[];
  last: number[];
  count: number;
  hasNumber: boolean;
}

/** The ends of a run's losses, as `runLosses` would find them; each row is read once. */
export class LossEnds {
  private rows = 0;
  private readonly ends = new Map<string, Ends>();
  private newest: number | null = null;

  /** The last loss. NaN where it was none; null where no loss is known. */
  last(reader: RunReader): number | null {
    this.read(reader);
    if (this.newest !== null) return this.newest;
    const reported = reportedLosses(reader);
    if (reported) return reported.at(-1) ?? null;
    return reader.steps.length > 0 && hasNonFinite(reader) ? NaN : null;
  }

  /** Whether the training has diverged, by the rule that its summary and report go by. */
  diverged(reader: RunReader, status: RunStatus): boolean {
    this.read(reader);
    return trainingDiverged(this.curves(reader), reader.findings, status);
  }

  private read({steps}: RunReader): void {
    const [loss, thread, optimizer] = [steps.column('loss'), steps.column('thread'), steps.column('optimizer')];
    for (; this.rows < steps.length; this.rows++) {
      const value = loss[this.rows] ?? NaN;
      const key = `${thread[this.rows]}/${optimizer[this.rows]}`;
      let ends = this.ends.get(key);
      if (!ends) this.ends.set(key, ends = {first: [], last: [], count: 0, hasNumber: false});
      ends.hasNumber ||= !Number.isNaN(value);
      if (ends.first.length < LOSS_WINDOW) ends.first.push(value);
      ends.last[ends.count++ % LOSS_WINDOW] = value;
      if (ends.hasNumber) this.newest = value;
    }
  }

  /** Curves that begin and end as those of the run; what lies between is left out. */
  private curves(reader: RunReader): LossCurve[] {
    const all = [...this.ends.values()];
    const seen = all.some(({hasNumber}) => hasNumber);
    const reported = seen ? null : reportedLosses(reader);
    if (reported) return [curveOf(reported)];
    const nanWasSeen = all.some(({hasNumber}) => !hasNumber) && (hasReportedNaN(reader) || (!seen && hasNonFinite(reader)));
    return all.filter(({hasNumber}) => hasNumber || nanWasSeen).map(({first, last, count}) => {
      const from = count % LOSS_WINDOW;
      return curveOf(Float64Array.from(count <= LOSS_WINDOW ? first : [...first, ...last.slice(from), ...last.slice(0, from)]));
    });
  }
}

function curveOf(loss: Float64Array): LossCurve {
  return {step: Float64Array.from(loss, (_, i) => i + 1), loss};
}

function reportedLosses({metrics}: RunReader): Float64Array | null {
  const reported = metrics.get('loss');
  if (!reported) return null;
  return (reported.batches.length > reported.whole.length ? reported.batches : reported.whole).column('value');
}

function hasReportedNaN({metrics}: RunReader): boolean {
  const reported = metrics.get('loss');
  return reported !== null && [reported.whole, reported.batches].some((series) => series.column('value').some(Number.isNaN));
}

function hasNonFinite({findings}: RunReader): boolean {
  return findings.some(({rule}) => rule === 'non-finite');
}
