import type {NumbersMessage} from '../../src/protocol/panel';
import {CurveBuffer, HeatBuffer, HistogramBuffer, TrackBuffer, UpdateBuffer} from './buffers';

/** Numbers over time of one run, as far as the host has sent them. */
export class RunData {
  readonly losses: CurveBuffer[] = [];
  readonly norms: CurveBuffer[] = [];
  readonly heat = new HeatBuffer();
  readonly tracks = new Map<string, TrackBuffer>();
  readonly updates = new Map<string, UpdateBuffer>();
  readonly histograms = new Map<string, HistogramBuffer>();
}

/** Numbers over time of all runs. */
export class PanelData {
  private readonly runs = new Map<string, RunData>();

  of(run: string): RunData {
    let data = this.runs.get(run);
    if (!data) this.runs.set(run, data = new RunData());
    return data;
  }

  merge(message: NumbersMessage): void {
    const data = this.of(message.run);
    if (message.type === 'curve') {
      const curves = message.name === 'loss' ? data.losses : data.norms;
      (curves[message.curve] ??= new CurveBuffer()).merge(message);
    } else if (message.type === 'heat') data.heat.merge(message);
    else if (message.type === 'track') entry(data.tracks, message.parameter, () => new TrackBuffer()).merge(message);
    else if (message.type === 'updates') entry(data.updates, message.parameter, () => new UpdateBuffer()).merge(message);
    else entry(data.histograms, message.parameter, () => new HistogramBuffer()).merge(message);
  }

  /** Forgets what is no longer looked at. */
  prune(runs: readonly string[], parameter: string | null): void {
    for (const [run, data] of this.runs) {
      if (!runs.includes(run)) this.runs.delete(run);
      for (const ofParameter of [data.tracks, data.updates, data.histograms]) {
        for (const name of [...ofParameter.keys()]) if (name !== parameter) ofParameter.delete(name);
      }
    }
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) map.set(key, found = make());
  return found;
}
