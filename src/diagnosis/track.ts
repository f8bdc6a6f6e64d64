import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import {LayerTrace} from './layerTrace';
import {LogSeries} from './logSeries';
import {LossTrend} from './lossTrend';
import type {DetectorParameter, StepObservation} from './observation';
import {RobustWindow} from './robustWindow';

/** A loss that changes its sign later does so because it falls; one of exactly 0 has none yet. */
const SIGN_STEPS = 30;

/**
 * What is known of one training: one optimizer on one set of parameters in one thread. A second
 * model in the same process has a track of its own, so that its fresh losses alarm nobody.
 */
export class Track {
  layers: LayerTrace[] = [];
  readonly total = new LogSeries();
  readonly losses = new LogSeries();
  readonly trend = new LossTrend();
  readonly rates = new RobustWindow(40);
  /** Steps of this track, this one included. */
  steps = 0;
  /** Number of this step in the run. */
  step = 0;
  /** Logarithms of this step's total norm and of the size of its loss. */
  totalLog = NaN;
  lossLog = NaN;
  loss = NaN;
  hasLoss = false;
  learningRate = NaN;
  hasNonFinite = false;
  /** Other trainings take turns with this one, as a discriminator does with its generator. */
  takesTurns = false;
  /** Signs seen of the loss: 1 positive, 2 negative. */
  private signs = 0;
  private signSteps = 0;
  private readonly layerOf = new Map<number, LayerTrace>();

  constructor(private readonly known: ReadonlyMap<number, DetectorParameter>) {}

  /** The loss has had both signs within its first steps, as a policy's has: its size says little. */
  get isSigned(): boolean {
    return this.signs === 3;
  }

  /** Every loss of its first steps was below zero. */
  get isNegative(): boolean {
    return this.signs === 2;
  }

  /** Reads a step; nothing is learned from it yet. */
  read(observation: StepObservation): void {
    this.steps++;
    this.step = observation.step;
    this.learningRate = observation.learningRate;
    this.rates.push(observation.learningRate);
    this.hasLoss = observation.hasLoss;
    this.loss = observation.hasLoss ? observation.loss : NaN;
    this.lossLog = this.hasLoss ? Math.log(Math.abs(this.loss)) : NaN;
    if (this.hasLoss && this.loss !== 0 && this.signSteps < SIGN_STEPS) {
      this.signSteps++;
      this.signs |= this.loss > 0 ? 1 : this.loss < 0 ? 2 : 0;
    }
    this.hasNonFinite = this.hasLoss && !Number.isFinite(this.loss);
    for (const layer of this.layers) layer.begin();
    const {parameters, moments} = observation;
    for (let row = 0; row < parameters.length; row++) {
      const index = parameters[row] ?? -1;
      const layer = this.layerOf.get(index) ?? this.enter(index);
      const parameter = this.known.get(index);
      if (layer === null || parameter === undefined) continue;
      const at = row * MOMENT_COLUMNS;
      const broken = (moments[at + moment.nan] ?? 0) + (moments[at + moment.negInf] ?? 0) + (moments[at + moment.posInf] ?? 0);
      layer.take(parameter, moments[at + moment.norm] ?? NaN, broken === 0);
      if (broken !== 0) this.hasNonFinite = true;
    }
    let square = 0;
    for (const layer of this.layers) {
      layer.read();
      if (layer.present && !Number.isNaN(layer.now.norm)) square += Math.exp(2 * layer.now.norm);
    }
    this.totalLog = square > 0 ? 0.5 * Math.log(square) : NaN;
  }

  /** Takes this step into what is usual for the training. */
  learn(): void {
    this.total.push(this.totalLog);
    this.losses.push(this.lossLog);
    for (const layer of this.layers) layer.learn();
  }

  /** Layers that have a gradient in this step, from input to output. */
  presentLayers(): LayerTrace[] {
    return this.layers.filter((layer) => layer.present);
  }

  /** True when the learning rate rose by half or more in the last steps: jumps are then its doing. */
  rateRose(): boolean {
    const rates = this.rates.last(40);
    const least = Math.min(...rates);
    return this.learningRate > 1.5 * least && rates.length > 1;
  }

  private enter(index: number): LayerTrace | null {
    const parameter = this.known.get(index);
    if (parameter === undefined) return null;
    const depth = parameter.depthOrder ?? parameter.index;
    const previous = this.layers.filter((layer) => layer.depth < depth).at(-1);
    let layer = this.layers.find((candidate) => candidate.name === parameter.layer);
    if (layer === undefined && previous?.takesBias(parameter)) layer = previous;
    if (layer === undefined) {
      layer = new LayerTrace(parameter.layer, parameter.layerClass, depth);
      this.layers.push(layer);
      this.layers.sort((a, b) => a.depth - b.depth);
    }
    layer.add(parameter);
    this.layerOf.set(index, layer);
    return layer;
  }
}
