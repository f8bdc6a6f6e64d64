import {getHeapStatistics} from 'node:v8';
import {threadId} from 'node:worker_threads';
import {messageOf} from '../platform/failure';
import type {Backend} from '../protocol/events';
import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import type {SingSettings} from '../protocol/sing';
import {attempting} from './attempt';
import type {ControlWord} from './controlWord';
import {encodeSampled, encodeStep, sampledFrameBytes, stepFrameBytes, UNCHANGED, type StepRecord} from './frames';
import {Governor} from './governor';
import {SampledGradients, type GradientExtras} from './gradientExtras';
import {GradientMoments, type MomentsContext} from './gradientMoments';
import {initialValues} from './initialValues';
import type {KernelUpdates} from './kernelUpdates';
import type {LossRecords} from './lossRecords';
import {atScaledRate, hasSettableRate, rateOf, settling} from './optimizerRate';
import type {ParameterRegistry} from './parameterRegistry';
import {frameType} from './ring';
import {secondMomentOf} from './secondMoments';
import type {SingControl} from './singControl';
import {SingStage, type SingContext, type TransformedGradients} from './singStage';
import type {StepGradient} from './stepGradient';
import {asFloats} from './tensorValues';
import type {TfOptimizer, TfTensor, VariableGradients} from './tfjsTypes';
import {WeightUpdates, type HeldWeights, type UpdateNorms} from './weightUpdates';

/** What the tap needs of the thread it works in. */
export interface TapContext extends SingContext, MomentsContext {
  sing: SingControl;
  kernels: KernelUpdates;
  registry: ParameterRegistry;
  losses: LossRecords;
  lrScale: number;
  budgetPct: number;
  control: ControlWord;
  /** Called with every finished step's number. */
  stepped(step: number): void;
  /** Called with what applied SING and the update in a step of the optimizer. */
  ran(optimizer: TfOptimizer, kernels: Kernels): void;
}

/**
 * Stands around every `applyGradients`: takes the moments of the gradients, sees to the update, by the
 * script's own optimizer with or without SING before it or by our kernels, and hands the record on.
 */
export class StepTap {
  readonly #context: TapContext;
  readonly #stage: SingStage;
  readonly #moments: GradientMoments;
  readonly #weights: WeightUpdates;
  readonly #sampled = new SampledGradients();
  readonly #governor: Governor;
  readonly #attempt = attempting((reason) => { this.#tell('observation-failed', `A step could not be observed (${reason}); the training itself is untouched.`); });
  readonly #optimizers = new WeakMap<object, number>();
  #optimizerCount = 0;
  #attempts = 0;
  #lastEnd = 0;

  constructor(context: TapContext) {
    this.#context = context;
    this.#governor = new Governor(context.budgetPct);
    this.#stage = new SingStage(context);
    this.#moments = new GradientMoments(context);
    this.#weights = new WeightUpdates(context);
  }

  /**
   * One step. Whatever goes wrong on our side, the update is made exactly once, unless
   * `--skip-non-finite` skips the step.
   * @param apply the optimizer's own update
   * @returns what that returned
   */
  step(optimizer: TfOptimizer, gradients: VariableGradients, apply: Apply): unknown {
    const begin = performance.now();
    const before = this.#attempt(() => this.#before(optimizer, gradients));
    if (before === null) return this.#scaled(optimizer, () => apply(gradients));
    const held = before.wantsHistograms ? this.#attempt(() => this.#weights.hold(before.gradients)) : null;
    try {
      return this.#observed(optimizer, before, held, {gradients, apply, begin});
    } finally {
      // Whatever failed, and whoever threw: what we hold is ours to give back.
      this.#attempt(() => { held?.dispose(); });
    }
  }

  #observed(optimizer: TfOptimizer, before: StepBefore, held: HeldWeights | null, {gradients, apply, begin}: GivenStep): unknown {
    let updateBegin = performance.now();
    let update = this.#byKernels(optimizer, before, gradients);
    if (update === null) {
      const taken = this.#attempt(() => this.#takeMoments(before));
      if (taken === null) return this.#scaled(optimizer, () => apply(gradients));
      updateBegin = performance.now();
      update = this.#byOptimizer(optimizer, before, gradients, apply);
    }
    const {result, norms, kernels, updates} = update;
    const updateEnd = performance.now();
    // By itself: a step is recorded without them too.
    this.#attempt(() => { if (held !== null) this.#sendSampled(before, updates ?? held.measure(), this.#extras(optimizer, before, norms)); });
    this.#attempt(() => {
      this.#takeMoments(before);
      this.#context.ran(optimizer, kernels);
      this.#after(optimizer, before, norms, updateEnd);
    });
    const end = performance.now();
    const cost = {ours: updateBegin - begin + (end - updateEnd), whole: this.#lastEnd === 0 ? null : end - this.#lastEnd};
    this.#governor.observe(cost);
    // A script may have a clock of its own, whose times are no numbers.
    this.#attempt(() => { if (cost.whole !== null) this.#context.control.countTime(cost.ours, cost.whole); });
    this.#lastEnd = end;
    return result;
  }

  #before(optimizer: TfOptimizer, given: VariableGradients): StepBefore | null {
    const {engine, registry, link, losses, sing} = this.#context;
    const trained = namedTensors(given).flatMap(([name, tensor]) => {
      const variable = engine.registeredVariables[name];
      return tensor === null || tensor === undefined || variable === undefined ? [] : [{name, tensor, variable}];
    });
    if (trained.length === 0) return null;
    if (!link.takesSteps) link.openForSteps(trained.reduce((sum, {tensor}) => sum + tensor.size * 4 + 256, 0));
    const gradients = trained.map((gradient): StepGradient => {
      const {variable} = gradient;
      return {...gradient, parameter: registry.parameterOf(variable, (added) => { this.#context.send({type: 'parameter', parameter: {...added, initial: initialValues(variable)}}); })};
    });
    const loss = losses.take(gradients.map(({name}) => name));
    return {
      attempt: ++this.#attempts, gradients, loss, moments: null, takenBy: null, settings: sing.read(),
      wantsHistograms: this.#governor.wantsHistograms(), learningRate: rateOf(optimizer) * this.#scaleOf(optimizer),
    };
  }

  /** Once, however often it is asked: what the update gave already, or what is taken from the gradients now. */
  #takeMoments(before: StepBefore): true {
    if (before.takenBy === 'kernels' && before.wantsHistograms) this.#moments.takeHistograms(before.gradients, before.attempt);
    if (before.takenBy === null) before.moments = this.#moments.take(before.gradients, before.wantsHistograms ? before.attempt : null);
    before.takenBy = 'tap';
    return true;
  }

  /** The update by our kernels; null where the script's own optimizer is to make it. */
  #byKernels(optimizer: TfOptimizer, before: StepBefore, given: VariableGradients): Update | null {
    if (before.settings === null) return null;
    const outcome = this.#context.kernels.make(optimizer, before.gradients, given, before.settings, this.#scaleOf(optimizer), before.wantsHistograms ? 'all' : 'gradients');
    if (outcome === null) return null;
    if (outcome.skipped) this.#context.control.countSkipped();
    before.moments = outcome.moments;
    if (outcome.moments !== null) before.takenBy = 'kernels';
    return {...outcome, result: undefined};
  }

  #byOptimizer(optimizer: TfOptimizer, before: StepBefore, given: VariableGradients, apply: Apply): Update {
    const {changed, skip, kernels} = this.#change(optimizer, before, given);
    if (skip) {
      this.#context.control.countSkipped();
      return {result: undefined, norms: null, updates: null, kernels};
    }
    const result = settling(() => this.#scaled(optimizer, () => apply(changed?.gradients ?? given)), () => { changed?.dispose(); });
    return {result, norms: changed?.norms ?? null, updates: null, kernels};
  }

  /** SING in front of an optimizer that makes its update by itself. */
  #change(optimizer: TfOptimizer, {gradients, moments, settings}: StepBefore, given: VariableGradients): Change {
    const untouched: Change = {changed: null, skip: false, kernels: 'stock'};
    if (settings === null) return untouched;
    try {
      if (settings.skipNonFinite && !allFinite(gradients, moments)) return {...untouched, skip: true};
      if (settings.mode === 'off') return untouched;
      this.#context.sing.warn(optimizer, gradients, settings);
      const changed = this.#stage.transform(gradients, given, settings);
      return {changed, skip: false, kernels: changed.kernels};
    } catch (error) {
      this.#tell('sing-failed', `SING could not change the gradients of a step (${messageOf(error)}): such a step is applied as the script made it.`);
      return untouched;
    }
  }

  #scaled(optimizer: TfOptimizer, apply: () => unknown): unknown {
    return atScaledRate(optimizer, this.#scaleOf(optimizer), apply);
  }

  /** `--lr-scale`, or 1 for an optimizer whose rate can't be set from outside. */
  #scaleOf(optimizer: TfOptimizer): number {
    const {lrScale} = this.#context;
    if (lrScale === 1 || hasSettableRate(optimizer)) return lrScale;
    this.#tell('rate-not-scaled', `--lr-scale does not reach ${optimizer.constructor.name}: it has no learningRate that can be set. Scale the rate in the script.`);
    return 1;
  }

  #after(optimizer: TfOptimizer, before: StepBefore, normsAfter: Float64Array | null, now: number): void {
    const {engine, control, link} = this.#context;
    const record: StepRecord = {
      step: control.nextStep(),
      attempt: before.attempt,
      time: Date.now(),
      loss: before.loss ?? NaN,
      hasLoss: before.loss !== null,
      stepMs: this.#lastEnd === 0 ? NaN : now - this.#lastEnd,
      learningRate: before.learningRate,
      tensors: engine.state.numTensors,
      bytes: engine.state.numBytes,
      heap: getHeapStatistics().used_heap_size,
      optimizer: this.#optimizerIndex(optimizer),
      thread: threadId,
      parameters: before.gradients.map(({parameter}) => parameter.index),
      normsAfter,
      moments: before.moments,
      wantsHistograms: before.wantsHistograms && before.moments === null,
    };
    link.write(frameType.step, stepFrameBytes(record), (floats, at) => { encodeStep(record, floats, at); });
    this.#context.stepped(record.step);
  }

  /** @param norms of the gradients as the update got them; null: unchanged */
  #extras(optimizer: TfOptimizer, {gradients}: StepBefore, norms: Float64Array | null): GradientExtras | null {
    return this.#attempt(() => this.#sampled.measure(gradients, (row) => {
      // What SING changed is not what the optimizer remembers the squares of.
      if (norms !== null && norms[row] !== UNCHANGED) return null;
      return secondMomentOf(optimizer, gradients[row]?.name ?? '', this.#context.kernels);
    }));
  }

  #sendSampled({attempt, gradients}: StepBefore, norms: UpdateNorms, extras: GradientExtras | null): void {
    const {link} = this.#context;
    const none = new Float64Array(gradients.length).fill(NaN);
    const record = {
      attempt, parameters: gradients.map(({parameter}) => parameter.index),
      cosine: none, secondMomentRms: none, deadUnits: none, ...norms, ...extras,
    };
    link.tryWrite(frameType.sampled, sampledFrameBytes(gradients.length), (floats, at) => { encodeSampled(record, floats, at); });
  }

  #optimizerIndex(optimizer: object): number {
    let index = this.#optimizers.get(optimizer);
    if (index === undefined) {
      index = this.#optimizerCount++;
      this.#optimizers.set(optimizer, index);
    }
    return index;
  }

  readonly #told = new Set<string>();

  /** Once for each code. */
  #tell(code: string, message: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#context.send({type: 'notice', code, message});
  }
}

/** A step as the script makes it, and when it began. */
interface GivenStep {
  gradients: VariableGradients;
  apply: Apply;
  begin: number;
}

type Apply = (gradients: VariableGradients) => unknown;
type Kernels = Backend['kernels'];

interface Update {
  /** What the optimizer's own update returned. */
  result: unknown;
  /** Norms of the gradients as the update got them; null: unchanged. */
  norms: Float64Array | null;
  /** What the update gave by the way. */
  updates: UpdateNorms | null;
  kernels: Kernels;
}

interface Change {
  changed: TransformedGradients | null;
  /** The update is left out. */
  skip: boolean;
  kernels: Kernels;
}

interface StepBefore {
  attempt: number;
  gradients: StepGradient[];
  loss: number | null;
  moments: Float64Array | null;
  /** Who has taken the moments already. */
  takenBy: 'kernels' | 'tap' | null;
  wantsHistograms: boolean;
  learningRate: number;
  settings: SingSettings | null;
}

function allFinite(gradients: readonly StepGradient[], moments: Float64Array | null): boolean {
  if (moments === null) return gradients.every(({tensor}) => asFloats(tensor).every(Number.isFinite));
  return gradients.every((_gradient, row) => moments[row * MOMENT_COLUMNS + moment.finite] === moments[row * MOMENT_COLUMNS + moment.count]);
}

function namedTensors(gradients: VariableGradients): [string, TfTensor | null][] {
  return Array.isArray(gradients) ? gradients.map(({name, tensor}) => [name, tensor]) : Object.entries(gradients);
}
