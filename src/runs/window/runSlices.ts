import type {CurveMessage, HeatMessage, HistogramsMessage, NumbersMessage, TrackMessage, UpdatesMessage} from '../../protocol/panel';
import type {RunReader} from '../runReader';
import {updateNumbers} from '../updateNumbers';
import type {BucketSpan} from './bucketSpan';
import {CurveSlice, type CurvePart} from './curveSlice';
import {HeatSlice} from './heatSlice';
import {HistogramSlice} from './histogramSlice';
import {LossSlices} from './lossSlices';
import {TrackSlice} from './trackSlice';
import {UpdateSlice} from './updateSlice';

/** What is to be sliced of a run. */
export interface SliceOrder {
  /** Of the view that the messages answer. */
  generation: number;
  /** Buckets of curves, tracks, updates and histograms. */
  curves: BucketSpan;
  /** Buckets of the heat strip. */
  heat: BucketSpan;
  /** Whether the run is drawn layer by layer; otherwise its loss and norm alone. */
  layers: boolean;
  /** Parameter whose track, updates and histograms are wanted. */
  parameter: string | null;
}

/** One run as a view shows it: the first `take` is a snapshot, each later one what came since. */
export class RunSlices {
  private readonly losses: LossSlices;
  private readonly norm: CurveSlice;
  private normRows = 0;
  private heat: {slice: HeatSlice; parameters: number} | null = null;
  private chosen: {index: number; track: TrackSlice; updates: UpdateSlice; histograms: HistogramSlice} | null = null;

  constructor(readonly reader: RunReader, private readonly order: SliceOrder) {
    this.losses = new LossSlices(reader, order.curves);
    this.norm = new CurveSlice(order.curves);
  }

  /** Slices the rows that `reader` has read since the last call; empty where nothing changed. */
  take(): NumbersMessage[] {
    const layers = this.order.layers ? [...this.takeHeat(), ...this.takeChosen()] : [];
    return [...this.losses.take().map(({curve, ...part}) => this.curve('loss', curve, part)), ...this.takeNorm(), ...layers];
  }

  /** After the heat: it tells of gradients with a NaN, which the norm, taken over finite elements, does not show. */
  private takeNorm(): CurveMessage[] {
    const {steps} = this.reader;
    const [step, norm] = [steps.column('step'), steps.column('norm')];
    for (; this.normRows < steps.length; this.normRows++) this.norm.add(step[this.normRows] ?? NaN, norm[this.normRows] ?? NaN);
    const part = this.norm.take();
    return part ? [this.curve('norm', 0, part)] : [];
  }

  private takeHeat(): HeatMessage[] {
    const {parameters} = this.reader;
    if (this.heat?.parameters !== parameters.length) {
      const series = parameters.map(({index}) => this.reader.series(index));
      this.heat = {slice: new HeatSlice(this.order.heat, series, (step, flag) => this.norm.flag(step, flag)), parameters: parameters.length};
    }
    const part = this.heat.slice.take();
    const {first, width} = this.order.heat;
    return part ? [{type: 'heat', ...this.head, grid: {first, width}, ...part}] : [];
  }

  private takeChosen(): (TrackMessage | UpdatesMessage | HistogramsMessage)[] {
    const name = this.order.parameter;
    const index = name === null ? undefined : this.reader.parameters.find((parameter) => parameter.name === name)?.index;
    if (name === null || index === undefined) return [];
    if (this.chosen?.index !== index) {
      const {reader, order: {curves}} = this;
      this.chosen = {index, track: new TrackSlice(curves, reader.series(index)), updates: new UpdateSlice(curves, () => reader.updates(index).length, () => updateNumbers(reader, index)), histograms: new HistogramSlice(curves, () => reader.histograms(index))};
    }
    const track = this.chosen.track.take();
    const updates = this.chosen.updates.take();
    const histograms = this.chosen.histograms.take();
    const {first, width} = this.order.curves;
    return [
      ...(track ? [{type: 'track' as const, ...this.head, parameter: name, grid: {first, width}, ...track}] : []),
      ...(updates ? [{type: 'updates' as const, ...this.head, parameter: name, grid: {first, width}, ...updates}] : []),
      ...(histograms ? [{type: 'histograms' as const, ...this.head, parameter: name, ...histograms}] : []),
    ];
  }

  private curve(name: CurveMessage['name'], curve: number, part: CurvePart): CurveMessage {
    const {first, width} = this.order.curves;
    return {type: 'curve', ...this.head, grid: {first, width}, name, curve, ...part};
  }

  private get head(): {generation: number; run: string} {
    return {generation: this.order.generation, run: this.reader.id};
  }
}
