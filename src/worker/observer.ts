import {isMainThread, threadId} from 'node:worker_threads';
import type {RunEvent} from '../protocol/events';
import type {WorkerOptions} from '../protocol/workerOptions';
import {exitCodes, type ExitCode} from '../platform/failure';
import {NATIVE_OPS, type NativeOpsSource} from '../sing/nativeOps';
import {attempting, type Attempt} from './attempt';
import {BackendReports, describeBackend, deviceMomentsOf, opsFor, type FoundOps} from './backendReport';
import {captureFrames} from './callSites';
import type {ControlWord} from './controlWord';
import {onEngine} from './engineHook';
import {FitHook} from './fitHook';
import {findPrototypes} from './heapSearch';
import {hookFirstLayer, hookLayers, unhookFirstLayer} from './layerHook';
import {KernelUpdates} from './kernelUpdates';
import {LossRecords} from './lossRecords';
import {hookModules, hookResolution} from './moduleHook';
import {hookOptimizer} from './optimizerHook';
import {ParameterRegistry} from './parameterRegistry';
import {hasOwnMethod, prototypeChain, wrapMethod} from './prototypeHooks';
import {tellUser} from './outputGuard';
import type {ProcessExit} from './processExit';
import type {RecorderLink} from './recorderLink';
import type {RuntimeLadder} from './runtimeLadder';
import {seedDataset, seedMultinomial, seedProcess} from './seeding';
import {SingControl} from './singControl';
import {StepTap} from './stepTap';
import {TensorGrowth} from './tensorGrowth';
import {isTraceable, TensorTrace} from './tensorTrace';
import {TfjsCopies} from './tfjsCopies';
import type {TfBackend, TfEngine, TfOptimizer, TfTensor, TfVariable} from './tfjsTypes';
import {TrainingSites} from './trainingSites';
import {installUserLog} from './userLog';

/** Methods by which the classes of a bundled tfjs are known in the heap. */
const MARKS = ['applyGradients', 'makeTrainFunction', 'onEpochEnd', 'addWeight', 'shuffle'];
const RUN_NOW = 'Run `singscope runtime install`, then `--runtime managed`, to train on TensorFlow itself.';

/** All that observes one training thread. */
export class Observer {
  readonly #options: WorkerOptions;
  readonly #control: ControlWord;
  readonly #link: RecorderLink;
  readonly #exit: ProcessExit;
  readonly #registry: ParameterRegistry;
  readonly #losses = new LossRecords();
  readonly #fit: FitHook;
  readonly #trainings: TrainingSites;
  readonly #copies = new TfjsCopies();
  #ladder: RuntimeLadder | null = null;
  #engine: TfEngine | null = null;
  #tap: StepTap | null = null;
  readonly #growth = new TensorGrowth();
  #trace: TensorTrace | null = null;
  /** No module exported tfjs's classes: it is bundled into the script. */
  #bundled = true;
  /** Gradients of variables were computed in this thread. */
  #hasTrained = false;
  readonly #attempt: Attempt;
  /** The process was ended since what was asked for can't be had. */
  #refused = false;

  constructor(options: WorkerOptions, control: ControlWord, link: RecorderLink, exit: ProcessExit) {
    this.#options = options;
    this.#control = control;
    this.#link = link;
    this.#exit = exit;
    this.#registry = new ParameterRegistry(() => control.nextParameter());
    const send = (event: RunEvent): void => { this.#send(event); };
    this.#attempt = attempting((reason) => { this.#tellUnobserved('A part of this run', reason); });
    this.#trainings = new TrainingSites(send, () => control.steps, () => this.#bundled);
    this.#fit = new FitHook(send, () => control.steps, (call, model) => { this.#trainings.model(call, model); }, this.#attempt);
  }

  /** Hooks what can be hooked before the script runs. */
  install(): void {
    const {seed} = this.#options;
    if (seed !== null) seedProcess(seed, threadId, 0);
    // The library in the script itself is fused too.
    const source: NativeOpsSource = (backend) => this.#opsFor(backend).ops;
    Object.defineProperty(globalThis, NATIVE_OPS, {value: source, configurable: true});
    installUserLog((event) => { this.#send(event); }, () => this.#control.steps, this.#attempt);
    if (isMainThread) hookResolution(this.#options.packageRoot);
    this.#ladder = hookModules(this.#options, {
      prototype: (prototype) => {
        if (this.#bundled) unhookFirstLayer();
        this.#bundled = false;
        this.#attempt(() => { this.#hookPrototype(prototype); });
      },
      optimizer: (prototype) => { this.#attempt(() => { this.#hookOptimizer(prototype); }); },
      loaded: (count) => {
        if (seed !== null) seedProcess(seed, threadId, count);
      },
      core: (exported, count) => {
        this.#copies.add(exported);
        if (count === 2) this.#send({type: 'notice', code: 'two-tfjs', message: 'Two copies of tfjs-core are loaded: tensors of one may not work in the other, and the classes of both are watched. `npm ls @tensorflow/tfjs-core` shows who brings them; `npm dedupe` often mends it.'});
      },
      loading: () => {
        const frames = this.#attempt(captureFrames) ?? [];
        return (layers) => { this.#attempt(() => { this.#registry.addLoaded(layers, frames); }); };
      },
    }, {
      notice: (code, message) => { this.#send({type: 'notice', code, message}); },
      fail: (message) => this.#end('no-runtime', message, exitCodes.noRuntime),
    }, this.#attempt);
    onEngine((engine) => { this.#attempt(() => { this.#hookEngine(engine); }); });
  }

  /** Says at the end what the user should know of a run without steps. */
  finish(): void {
    if (this.#hasTrained && this.#control.steps === 0 && !this.#refused) {
      this.#send({type: 'notice', code: 'no-steps', message: 'This script computes gradients and applies them by hand, without a tf.Optimizer: there are no optimizer steps to observe. Use tf.train.* or a subclass of tf.Optimizer to see them here.'});
    }
  }

  #send(event: RunEvent): void {
    this.#link.send(event);
  }

  #tellUnobserved(what: string, reason: string): void {
    this.#send({type: 'notice', code: 'observation-failed', message: `${what} can't be observed (${reason}); the training itself is untouched.`});
  }

  /** Ends the process before it has trained: what was asked for can't be had. */
  #end(code: string, message: string, exitCode: ExitCode): never {
    this.#refused = true;
    // A worker thread's own stderr goes by the main thread's event loop, which is about to end.
    tellUser(message);
    this.#send({type: 'notice', code, message});
    this.#link.open();
    this.#exit.exit(exitCode);
  }

  #hookEngine(engine: TfEngine): void {
    this.#engine = engine;
    if (this.#options.runDir !== null) this.#link.startRecorder();
    if (this.#options.seed !== null) seedMultinomial(engine);
    const {gradients, makeVariable} = engine;
    // Taken back as soon as a module exports tfjs's classes: then it is no bundle.
    const seesLayers = hookFirstLayer(this.#registry, this.#attempt);
    let searched = 0;
    const search = (round: number): void => {
      if (!this.#bundled || searched >= round) return;
      searched = round;
      if (!seesLayers && round === 1) this.#tellUnobserved('The line of a layer', 'this script has closed Object.prototype');
      this.#searchHeap();
    };
    engine.makeVariable = (...args) => {
      this.#attempt(() => { search(1); });
      const variable = makeVariable.apply(engine, args);
      this.#attempt(() => { this.#registry.addVariable(variable, captureFrames()); });
      return variable;
    };
    engine.gradients = (f, xs: TfTensor[], dy, allowNoGradients) => {
      // By the first gradient the script's own optimizer classes exist too.
      this.#attempt(() => { search(2); });
      const result = gradients.call(engine, f, xs, dy, allowNoGradients);
      this.#attempt(() => { this.#computed(engine, xs, result.value); });
      return result;
    };
  }

  #computed(engine: TfEngine, xs: readonly TfTensor[], loss: TfTensor): void {
    const names = xs.flatMap((x) => ('trainable' in x && engine.registeredVariables[(x as TfVariable).name] === x ? [(x as TfVariable).name] : []));
    if (names.length === 0) return;
    this.#hasTrained = true;
    this.#link.open();
    this.#losses.add(loss, names);
  }

  #searchHeap(): void {
    try {
      for (const prototype of findPrototypes(MARKS)) this.#attempt(() => { this.#hookPrototype(prototype); });
    } catch (error) {
      this.#send({type: 'notice', code: 'bundle-not-searched', message: `tfjs is bundled into this script and its classes can't be found (${String(error)}): steps may be missing. Run the script unbundled, or without --disable-inspector-like flags.`});
    }
  }

  #hookPrototype(prototype: object): void {
    if (hasOwnMethod(prototype, 'applyGradients')) this.#hookOptimizer(prototype);
    if (hasOwnMethod(prototype, 'makeTrainFunction')) this.#fit.hookModel(prototype);
    if (hasOwnMethod(prototype, 'onEpochEnd') && hasOwnMethod(prototype, 'append')) this.#fit.hookCallbackList(prototype);
    if (hasOwnMethod(prototype, 'addWeight') && hasOwnMethod(prototype, 'countParams')) hookLayers(prototype, this.#registry, this.#attempt);
    if (hasOwnMethod(prototype, 'shuffle') && hasOwnMethod(prototype, 'forEachAsync') && this.#options.seed !== null) seedDataset(prototype);
    if (hasOwnMethod(prototype, 'minimize') && !hasOwnMethod(prototype, 'applyGradients')) this.#hookMinimize(prototype);
  }

  /** An optimizer that was never seen being made is seen at its first `minimize`. */
  #hookMinimize(prototype: object): void {
    const see = (instance: object): void => {
      for (const current of prototypeChain(instance)) {
        if (hasOwnMethod(current, 'applyGradients')) this.#hookOptimizer(current);
      }
    };
    const begun = (optimizer: TfOptimizer): void => {
      this.#attempt(() => {
        see(optimizer);
        this.#trainings.optimizer('minimize', optimizer);
      });
    };
    wrapMethod<(this: TfOptimizer, ...args: unknown[]) => unknown>(prototype, 'minimize', (original) => function minimize(this: TfOptimizer, ...args) {
      begun(this);
      return original.apply(this, args);
    });
  }

  #hookOptimizer(prototype: object): void {
    hookOptimizer(prototype, (optimizer) => { this.#trainings.optimizer('applyGradients', optimizer); }, () => this.#attempt(() => this.#tapOrNull()), () => this.#mayStep());
    // Of a bundled tfjs only the classes with an update of their own are found: theirs leads to the base.
    for (const base of prototypeChain(Object.getPrototypeOf(prototype) as object | null)) {
      if (hasOwnMethod(base, 'minimize') && !hasOwnMethod(base, 'applyGradients')) this.#hookMinimize(base);
    }
  }

  /** @returns false when a stop was asked for: the step is left out, and the loop ended */
  #mayStep(): boolean {
    if (!this.#control.stopRequested) return true;
    if (this.#fit.refuse()) return false;
    this.#exit.exit(exitCodes.fine);
  }

  #stepped(step: number): void {
    this.#lookForLeaks(step);
    const {maxSteps} = this.#options;
    if (maxSteps === null || step < maxSteps) return;
    if (this.#control.requestStop()) this.#send({type: 'stop', step, by: 'max-steps'});
    this.#fit.stop();
  }

  #lookForLeaks(step: number): void {
    const engine = this.#engine;
    if (engine === null) return;
    if (this.#trace !== null) {
      const traced = this.#trace.stepped();
      if (traced === null) return;
      this.#trace = null;
      if (traced.places.length > 0) this.#send({type: 'tensor-trace', step, thread: threadId, ...traced});
    } else if (this.#growth.suspects(engine.state.numTensors) && isTraceable(engine)) {
      this.#trace = new TensorTrace(engine, this.#bundled);
    }
  }

  #opsFor(backend: TfBackend): FoundOps {
    return opsFor(backend, this.#options.managed?.opsPath ?? null);
  }

  #tapOrNull(): StepTap | null {
    if (this.#tap !== null || this.#engine === null) return this.#tap;
    const engine = this.#engine;
    const {ops, note} = this.#opsFor(engine.backend);
    const send = (event: RunEvent): void => { this.#send(event); };
    const sing = new SingControl(this.#control, send);
    const kernels = new KernelUpdates({
      copies: this.#copies, sing, control: this.#control, send,
      startedFull: this.#options.sing.mode === 'full', compared: this.#options.trial !== null, equalKernels: this.#options.equalKernels,
      refuse: (code, message) => this.#end(code, message, exitCodes.usage),
    });
    const reports = new BackendReports((used) => { send({type: 'backend', backend: describeBackend(engine, this.#ladder?.loaded ?? null, used)}); });
    this.#tap = new StepTap({
      engine, ops, device: deviceMomentsOf(engine.backend), sing, kernels, send,
      control: this.#control, link: this.#link, registry: this.#registry, losses: this.#losses,
      lrScale: this.#options.lrScale, budgetPct: this.#options.budgetPct,
      stepped: (step) => { this.#stepped(step); },
      ran: (optimizer, used) => { reports.ran(optimizer, used); },
    });
    if (note !== null) this.#send({type: 'notice', code: 'fallback-kernels', message: note});
    const ladder = this.#ladder;
    const plain = engine.backendName === 'cpu' && ladder?.loaded?.package === '@tensorflow/tfjs' && !ladder.fellBack && this.#options.runtime === 'auto';
    if (plain) this.#send({type: 'notice', code: 'pure-javascript', message: `This script uses plain @tensorflow/tfjs: pure JavaScript, many times slower than TensorFlow. ${RUN_NOW}`});
    return this.#tap;
  }
}
