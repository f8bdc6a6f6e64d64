import {threadId} from 'node:worker_threads';
import {messageOf} from '../platform/failure';
import {encodeHistograms, encodeStep, encodeValues, histogramsFrameBytes, stepFrameBytes, valuesFrameBytes, type StepRecord} from './frames';
import {Governor} from './governor';
import {initialValues} from './initialValues';
import type {LossRecords} from './lossRecords';
import {momentsOf} from './momentSums';
import type {ParameterRegistry} from './parameterRegistry';
import {prototypeChain} from './prototypeHooks';
import type {RecorderLink} from './recorderLink';
import {frameType} from './ring';
import {SingStage, type SingContext, type TransformedGradients} from './singStage';
import type {StepGradient} from './stepGradient';
import {asFloats} from './tensorValues';
import type {TfOptimizer, TfTensor, VariableGradients} from './tfjsTypes';

/** What the tap needs of the thread it works in. */
export interface TapContext extends SingContext {
  link: RecorderLink;
  registry: ParameterRegistry;
  losses: LossRecords;
  lrScale: number;
  budgetPct: number;
  /** Called with every finished step's number. */
  stepped(step: number): void;
}

/**
 * Stands around every `applyGradients`: takes the moments of the gradients, lets SING change
 * them, lets the script's own optimizer apply them, and hands the record on.
 */
export class StepTap {
  readonly #context: TapContext;
  readonly #sing: SingStage;
  readonly #governor: Governor;
  readonly #optimizers = new WeakMap<object, number>();
  #optimizerCount = 0;
  #lastEnd = 0;
  skippedSteps = 0;

  constructor(context: TapContext) {
    this.#context = context;
    this.#governor = new Governor(context.budgetPct);
    this.#sing = new SingStage(context);
  }

  get overheadPct(): number | null {
    return this.#governor.overheadPct;
  }

  /**
   * One step. Whatever goes wrong on our side, `apply` is called exactly once, unless
   * `--skip-non-finite` skips the step.
   * @param apply the optimizer's own update
   * @returns what that returned
   */
  step(optimizer: TfOptimizer, gradients: VariableGradients, apply: Apply): unknown {
    const begin = performance.now();
    let before: StepBefore | null = null;
    try {
      before = this.#before(optimizer, gradients);
    } catch (error) {
      this.#failed(error);
    }
    const singBegin = performance.now();
    const {changed, skip} = before === null ? UNTOUCHED : this.#change(before, gradients);
    let result: unknown;
    if (skip) {
      this.skippedSteps++;
      changed?.dispose();
    } else {
      result = settling(() => this.#apply(optimizer, changed?.gradients ?? gradients, apply), () => { changed?.dispose(); });
    }
    const applyEnd = performance.now();
    if (before === null) return result;
    try {
      this.#after(optimizer, before, changed?.norms ?? null, applyEnd);
    } catch (error) {
      this.#failed(error);
    }
    const end = performance.now();
    this.#governor.observe({ours: singBegin - begin + (end - applyEnd), whole: this.#lastEnd === 0 ? null : end - this.#lastEnd});
    this.#lastEnd = end;
    return result;
  }

  #change(before: StepBefore, given: VariableGradients): Change {
    try {
      return {changed: this.#sing.transform(before.gradients, given), skip: this.#sing.skips(before.gradients, before.moments)};
    } catch (error) {
      this.#tell('sing-failed', `SING could not change the gradients of a step (${messageOf(error)}): such a step is applied as the script made it.`);
      return UNTOUCHED;
    }
  }

  #before(optimizer: TfOptimizer, given: VariableGradients): StepBefore | null {
    const {engine, registry, link, losses} = this.#context;
    const gradients: StepGradient[] = [];
    for (const [name, tensor] of namedTensors(given)) {
      const variable = engine.registeredVariables[name];
      if (tensor === null || tensor === undefined || variable === undefined) continue;
      const parameter = registry.parameterOf(variable, (added) => { this.#context.send({type: 'parameter', parameter: {...added, initial: initialValues(variable)}}); });
      gradients.push({name, tensor, variable, parameter});
    }
    if (gradients.length === 0) return null;
    if (!link.isOpen) link.open(gradients.reduce((sum, {tensor}) => sum + tensor.size * 4 + 256, 0));
    const loss = losses.take(gradients.map(({name}) => name));
    const wantsHistograms = this.#governor.wantsHistograms();
    const before: StepBefore = {gradients, loss, moments: null, wantsHistograms, learningRate: rateOf(optimizer) * this.#scaleOf(optimizer)};
    before.moments = this.#nativeMoments(gradients, wantsHistograms) ?? this.#sendValues(gradients);
    return before;
  }

  /** One native operation over all gradients; null where it isn't to be had. */
  #nativeMoments(gradients: readonly StepGradient[], wantsHistograms: boolean): Float64Array | null {
    const {engine, ops} = this.#context;
    if (ops === null || !engine.backend.getInputTensorIds) return null;
    try {
      const ids = engine.backend.getInputTensorIds(gradients.map(({tensor}) => tensor));
      const moments = ops.moments(ids);
      if (wantsHistograms) this.#sendHistograms(gradients, ops.histograms(ids));
      return moments;
    } catch (error) {
      this.#context.ops = null;
      this.#context.send({
        type: 'notice', code: 'fallback-kernels',
        message: `The native operations failed (${messageOf(error)}); gradients are copied instead, which costs more.`,
      });
      return null;
    }
  }

  #apply(optimizer: TfOptimizer, gradients: VariableGradients, apply: Apply): unknown {
    const scale = this.#scaleOf(optimizer);
    if (scale === 1) return apply(gradients);
    // The script's own rate stands again right after: its schedule sees only what it set itself.
    const own = rateOf(optimizer);
    setRate(optimizer, own * scale);
    return settling(() => apply(gradients), () => { setRate(optimizer, own); });
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
      time: Date.now(),
      loss: before.loss ?? NaN,
      hasLoss: before.loss !== null,
      stepMs: this.#lastEnd === 0 ? NaN : now - this.#lastEnd,
      learningRate: before.learningRate,
      tensors: engine.state.numTensors,
      bytes: engine.state.numBytes,
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

  /**
   * Copies the gradients to the recorder. When they don't fit at once the sums are done here:
   * slower, but nothing waits and nothing is lost.
   * @returns the moments where they were summed here
   */
  #sendValues(gradients: readonly StepGradient[]): Float64Array | null {
    const {link} = this.#context;
    const arrays = gradients.map(({tensor}) => asFloats(tensor));
    const pieceLength = Math.floor((link.maxFrameBytes - 64) / 4);
    for (const [row, values] of arrays.entries()) {
      const parameter = gradients[row]?.parameter.index ?? -1;
      for (let from = 0; from < values.length; from += pieceLength) {
        const length = Math.min(pieceLength, values.length - from);
        const sent = link.tryWrite(frameType.values, valuesFrameBytes(length), (floats, at, bytes) => {
          encodeValues(parameter, values, from, length, floats, at, bytes);
        });
        if (!sent) return momentsOf(arrays);
      }
    }
    return null;
  }

  #sendHistograms(gradients: readonly StepGradient[], counts: Int32Array): void {
    const {control, link} = this.#context;
    const parameters = gradients.map(({parameter}) => parameter.index);
    const step = control.steps + 1;
    link.tryWrite(frameType.histograms, histogramsFrameBytes(parameters.length), (floats, at, bytes) => {
      encodeHistograms(step, parameters, counts, floats, at, bytes);
    });
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

  #failed(error: unknown): void {
    this.#tell('observation-failed', `A step could not be observed (${messageOf(error)}); the training itself is untouched.`);
  }

  /** Once for each code. */
  #tell(code: string, message: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#context.send({type: 'notice', code, message});
  }
}

type Apply = (gradients: VariableGradients) => unknown;

interface Change {
  changed: TransformedGradients | null;
  /** The update is left out. */
  skip: boolean;
}

const UNTOUCHED: Change = {changed: null, skip: false};

/** Runs `action`, then `done`: at once, or when the promise that it returns has settled. */
function settling(action: () => unknown, done: () => void): unknown {
  let result: unknown;
  try {
    result = action();
  } catch (error) {
    done();
    throw error;
  }
  if (result instanceof Promise) return result.finally(done);
  done();
  return result;
}

interface StepBefore {
  gradients: StepGradient[];
  loss: number | null;
  moments: Float64Array | null;
  wantsHistograms: boolean;
  learningRate: number;
}

function namedTensors(gradients: VariableGradients): [string, TfTensor | null][] {
  return Array.isArray(gradients) ? gradients.map(({name, tensor}) => [name, tensor]) : Object.entries(gradients);
}

function rateOf(optimizer: TfOptimizer): number {
  return typeof optimizer.learningRate === 'number' ? optimizer.learningRate : NaN;
}

function hasSettableRate(optimizer: TfOptimizer): boolean {
  if (typeof optimizer.learningRate !== 'number') return false;
  if (typeof optimizer.setLearningRate === 'function') return true;
  for (const object of prototypeChain(optimizer)) {
    const property = Object.getOwnPropertyDescriptor(object, 'learningRate');
    if (property !== undefined) return property.writable ?? property.set !== undefined;
  }
  return false;
}

function setRate(optimizer: TfOptimizer, rate: number): void {
  if (typeof optimizer.setLearningRate === 'function') optimizer.setLearningRate(rate);
  else optimizer.learningRate = rate;
}
