import type {RunReader} from '../../runs/runReader';

/** The last loss of a run, as `runLosses` would find it; each row is read once. */
export class LastLoss {
  private rows = 0;
  private readonly withLoss = new Set<string>();
  private last: number | null = null;

  /** NaN where the loss was none; null where no loss is known. */
  read(reader: RunReader): number | null {
    const {steps} = reader;
    const [loss, thread, optimizer] = [steps.column('loss'), steps.column('thread'), steps.column('optimizer')];
    for (; this.rows < steps.length; this.rows++) {
      const value = loss[this.rows] ?? NaN;
      const key = `${thread[this.rows]}/${optimizer[this.rows]}`;
      if (!Number.isNaN(value)) this.withLoss.add(key);
      if (this.withLoss.has(key)) this.last = value;
    }
    if (this.last !== null) return this.last;
    const reported = reader.metrics.get('loss');
    if (reported) {
      const series = reported.batches.length > reported.whole.length ? reported.batches : reported.whole;
      return series.column('value').at(-1) ?? null;
    }
    return steps.length > 0 && reader.findings.some(({rule}) => rule === 'non-finite') ? NaN : null;
  }
}
