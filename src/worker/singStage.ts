import type {Parameter, RunEvent} from '../protocol/events';
import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import type {SingMode, SingSettings} from '../protocol/sing';
import {meansOneElement} from '../sing/kind';
import {matchesAny} from '../sing/nameMatch';
import {transformArray} from '../sing/transformArray';
import {UNCHANGED} from './frames';
import type {ControlWord} from './controlWord';
import type {CentralizeAxes, NativeOps} from './nativeOps';
import type {StepGradient} from './stepGradient';
import {asFloats} from './tensorValues';
import type {TfEngine, TfTensor, VariableGradients} from './tfjsTypes';

/** Added to the norm, as in the authors' code. */
const EPSILON = 1e-8;
const NORMALIZE_CODE = {norm: 1, std: 2} as const;
/** The axis rules as the native operation numbers them. */
const AXES_CODE = {none: 0, allButLast: 1, depthwise: 2, lastOnly: 3} as const;

export interface SingContext {
  engine: TfEngine;
  ops: NativeOps | null;
  control: ControlWord;
  send(event: RunEvent): void;
  /** SING was switched on or off while the run goes on. */
  switched(mode: SingMode): void;
}

export interface TransformedGradients {
  /** In the form that the optimizer was given. */
  gradients: VariableGradients;
  /** L2 norm of each gradient of the step as the optimizer gets it. */
  norms: Float64Array;
  dispose(): void;
}

/** SING in front of the script's own optimizer, as the settings of this moment say. */
export class SingStage {
  readonly #context: SingContext;
  #version = -1;
  #settings: SingSettings | null = null;
  readonly #excluded = new Map<Parameter, boolean>();
  readonly #toldUncentralized = new Set<Parameter>();

  constructor(context: SingContext) {
    this.#context = context;
  }

  /** @returns null where SING is off */
  transform(gradients: readonly StepGradient[], given: VariableGradients): TransformedGradients | null {
    this.#refresh();
    const settings = this.#settings;
    if (settings === null || settings.mode === 'off') return null;
    const chosen = gradients.filter(({parameter}) => !this.#isExcluded(parameter, settings));
    for (const {parameter} of chosen) this.#tellUncentralized(parameter, settings);
    const {tensors, norms} = this.#change(chosen, settings);
    const byName = new Map(chosen.map(({name}, row) => [name, tensors[row]]));
    const replace = (name: string, tensor: TfTensor | null): TfTensor | null => byName.get(name) ?? tensor;
    const changed = new Map(chosen.map(({name}, row) => [name, norms[row] ?? NaN]));
    return {
      gradients: Array.isArray(given)
        ? given.map(({name, tensor}) => ({name, tensor: replace(name, tensor)}))
        : Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, replace(name, tensor)])),
      norms: Float64Array.from(gradients, ({name}) => changed.get(name) ?? UNCHANGED),
      dispose: () => { for (const tensor of tensors) tensor.dispose(); },
    };
  }

  /** Whether the update of this step is to be left out because a gradient isn't finite. */
  skips(gradients: readonly StepGradient[], moments: Float64Array | null): boolean {
    if (this.#settings?.skipNonFinite !== true) return false;
    if (moments === null) return gradients.some(({tensor}) => asFloats(tensor).some((value) => !Number.isFinite(value)));
    return gradients.some((_gradient, row) => moments[row * MOMENT_COLUMNS + moment.finite] !== moments[row * MOMENT_COLUMNS + moment.count]);
  }

  #refresh(): void {
    const {version} = this.#context.control;
    if (version === this.#version) return;
    const settings = this.#context.control.settings();
    if (settings === null) return;
    const before = this.#settings;
    this.#version = version;
    this.#settings = settings;
    if (before !== null && before.mode !== settings.mode) this.#context.switched(settings.mode);
    this.#excluded.clear();
  }

  #isExcluded(parameter: Parameter, settings: SingSettings): boolean {
    let excluded = this.#excluded.get(parameter);
    if (excluded === undefined) {
      excluded = matchesAny(parameter.name, settings.exclude) || matchesAny(parameter.layer, settings.exclude);
      this.#excluded.set(parameter, excluded);
    }
    return excluded;
  }

  #change(chosen: readonly StepGradient[], settings: SingSettings): {tensors: TfTensor[]; norms: Float64Array} {
    const {engine, ops} = this.#context;
    const {getInputTensorIds, createOutputTensor} = engine.backend;
    if (ops !== null && getInputTensorIds && createOutputTensor && chosen.length > 0) {
      const ids = engine.backend.getInputTensorIds?.(chosen.map(({tensor}) => tensor)) ?? [];
      const axes = chosen.map(({parameter}) => axesCode(parameter, settings));
      const {outputs, norms} = ops.sing(ids, axes, settings.normalize === false ? 0 : NORMALIZE_CODE[settings.normalize], EPSILON);
      const tensors = outputs.map((output) => createOutputTensor.call(engine.backend, output));
      return {tensors, norms};
    }
    const norms = new Float64Array(chosen.length);
    const tensors = chosen.map(({tensor, parameter}, row) => {
      const {values, norm} = transformArray(asFloats(tensor), parameter.shape, parameter.kind, {...settings, epsilon: EPSILON});
      norms[row] = norm;
      return engine.makeTensor(values, tensor.shape, 'float32');
    });
    return {tensors, norms};
  }

  #tellUncentralized(parameter: Parameter, settings: SingSettings): void {
    if (settings.centralize !== true || this.#toldUncentralized.has(parameter)) return;
    if (!meansOneElement(parameter.kind, parameter.shape)) return;
    this.#toldUncentralized.add(parameter);
    this.#context.send({
      type: 'notice', code: 'not-centralized',
      message: `${parameter.name} [${parameter.shape.join(', ')}] has one element per mean: centralizing it would make its gradient zero, so it is only normalized. --centralize always insists.`,
    });
  }
}

function axesCode({kind, shape}: Parameter, {centralize}: SingSettings): CentralizeAxes {
  if (centralize === false || kind === 'vector' || shape.length < 2) return AXES_CODE.none;
  if (centralize === true && meansOneElement(kind, shape)) return AXES_CODE.none;
  if (kind === 'depthwise') return AXES_CODE.depthwise;
  return kind === 'embedding' ? AXES_CODE.lastOnly : AXES_CODE.allButLast;
}
