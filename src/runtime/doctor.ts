import {compilerMend, findCompiler} from './compilation';
import {type GpuFound, type MachineFound, type NodeFound, probeGpus, probeMachine, probeNodes} from './machineProbe';
import {type ManagedRuntime, listRuntimes} from './managedRuntime';
import {readManifest} from './manifest';
import {type PackageProbe, probePackage} from './packageProbe';
import {runtimesDir} from './paths';
import {findPrebuilt} from './prebuilt';
import {unsupportedPlatform} from './platformCheck';

const PACKAGES = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const;
const INSTALL = 'singscope runtime install';

/** A TensorFlow.js package of the workspace. */
export interface WorkspacePackage extends PackageProbe {
  name: string;
}

/** A managed runtime and whether it loads. */
export interface ManagedReport {
  name: string;
  dir: string;
  tensorflow: string;
  device: string;
  loads: boolean;
  error: string | null;
  /** Our ops are in it; without them gradients are copied. */
  ops: boolean;
  opsError: string | null;
  /** What its native part was made with: a compiler, or `prebuilt, …`. */
  builtWith: string | null;
}

/** What kind of problem it is, for whoever says it in other words. */
export type ProblemCode =
  | 'no-node' | 'old-node' | 'no-tfjs' | 'package-broken' | 'native-package-broken' | 'versions-differ'
  | 'no-native' | 'runtime-broken' | 'runtime-without-ops' | 'gpu-silent' | 'gpu-unused';

export interface Problem {
  code: ProblemCode;
  /** Name of the package or runtime that it is about; null where it is about none. */
  subject: string | null;
  problem: string;
  mend: string;
}

/** What this machine and workspace have to train with; plain data. */
export interface DoctorReport {
  cwd: string;
  machine: MachineFound;
  /** On PATH, in its order; the first is what runs a training. */
  nodes: NodeFound[];
  workspace: WorkspacePackage[];
  runtimesDir: string;
  managed: ManagedReport[];
  /** First line of the compiler's version; null when none answers. */
  compiler: string | null;
  /** The package brings a native part that fits here: an install needs no compiler. */
  prebuilt: boolean;
  /** Why the one that it brings does not fit. */
  prebuiltProblem: string | null;
  /** null: there is an NVIDIA driver, but it doesn't answer. */
  gpus: GpuFound[] | null;
  problems: Problem[];
}

/**
 * Looks at what there is to train with, and tries each TensorFlow.js in a process of its own. Never throws.
 * @param packageRoot root of this package, which may bring a native part; null: that is not asked
 * @param chosenNode path of the Node that runs trainings, where that is settled; null: the first on PATH that is new enough
 */
export async function diagnose(cwd: string, packageRoot: string | null = null, chosenNode: string | null = null): Promise<DoctorReport> {
  const nodes = await probeNodes();
  const node = chosenNode ?? nodes.find((found) => found.supported)?.path ?? process.execPath;
  const workspace: WorkspacePackage[] = [];
  // One after another: a TensorFlow that loads takes all processors.
  for (const name of PACKAGES) workspace.push({name, ...await probePackage(node, cwd, name)});
  const managed: ManagedReport[] = [];
  for (const runtime of listRuntimes()) managed.push(await reportOn(runtime, node));
  const native = packageRoot === null ? {prebuilt: null, problem: null} : await findPrebuilt(packageRoot);
  const report = {
    cwd,
    machine: probeMachine(),
    nodes,
    workspace,
    runtimesDir: runtimesDir(null),
    managed,
    compiler: (await findCompiler())?.version ?? null,
    prebuilt: native.prebuilt !== null,
    prebuiltProblem: native.problem,
    gpus: await probeGpus(),
  };
  return {...report, problems: [...(chosenNode === null ? nodeProblems(report) : []), ...problemsOf(report)]};
}

async function reportOn(runtime: ManagedRuntime, node: string): Promise<ManagedReport> {
  const probe = await probePackage(node, runtime.dir, '@tensorflow/tfjs-node-gpu');
  return {
    name: runtime.name, dir: runtime.dir, tensorflow: runtime.tensorflow, device: runtime.device,
    loads: probe.loads, error: probe.loads ? null : probe.error ?? 'its tfjs-node-gpu is missing',
    ops: runtime.opsPath !== null, opsError: readManifest(runtime.dir)?.opsError ?? null, builtWith: readManifest(runtime.dir)?.compiler ?? null,
  };
}

function problemsOf(report: Omit<DoctorReport, 'problems'>): Problem[] {
  return [...workspaceProblems(report), ...managedProblems(report), ...gpuProblems(report)];
}

function nodeProblems({nodes}: Pick<DoctorReport, 'nodes'>): Problem[] {
  const [first] = nodes;
  if (first === undefined) return [{code: 'no-node', subject: null, problem: 'There is no Node on PATH.', mend: 'Install Node 20 or newer, or name one with --node PATH.'}];
  if (first.supported) return [];
  const better = nodes.find((node) => node.supported);
  return [{
    code: 'old-node', subject: first.path,
    problem: `node on PATH is ${first.version}, older than 20.`,
    mend: better === undefined ? 'Install Node 20 or newer, or name one with --node PATH.' : `Use --node ${better.path} (Node ${better.version}), or put it first on PATH.`,
  }];
}

function workspaceProblems(report: Omit<DoctorReport, 'problems'>): Problem[] {
  const installed = report.workspace.filter(({version}) => version !== null);
  if (installed.length === 0) {
    return [{code: 'no-tfjs', subject: null, problem: `No TensorFlow.js is installed for ${report.cwd}.`, mend: 'Run this in the folder of the training script, or install one there (npm install @tensorflow/tfjs).'}];
  }
  const problems: Problem[] = [];
  const managedLoads = report.managed.some(({loads}) => loads);
  for (const {name, version, loads, error} of installed) {
    if (loads) continue;
    const native = name !== '@tensorflow/tfjs';
    problems.push({
      code: native ? 'native-package-broken' : 'package-broken', subject: name,
      problem: `${name} ${version ?? ''} does not load: ${error ?? 'it gives no reason'}`,
      mend: !native ? `Install it again (npm install ${name}).`
        : managedLoads ? 'None needed: trainings that import it run on the managed runtime.'
          : installMend(report) ?? `Rebuild it (npm rebuild ${name} --build-addon-from-source).`,
    });
  }
  const versions = new Set(installed.map(({version}) => version));
  if (versions.size > 1) {
    const list = installed.map(({name, version}) => `${name} ${version ?? ''}`).join(', ');
    problems.push({code: 'versions-differ', subject: null, problem: `The TensorFlow.js packages differ in version (${list}): they are separate copies that don't share tensors.`, mend: 'Install the same version of each.'});
  }
  return problems;
}

function managedProblems(report: Omit<DoctorReport, 'problems'>): Problem[] {
  const {managed, workspace} = report;
  const native = [...managed, ...workspace.filter(({name}) => name !== '@tensorflow/tfjs')].some(({loads}) => loads);
  const problems: Problem[] = [];
  if (managed.length === 0 && !native) {
    const mend = installMend(report);
    problems.push({
      code: 'no-native', subject: null,
      problem: 'No TensorFlow library loads here: trainings run on pure JavaScript, ten to a hundred times slower.',
      mend: mend ?? `None yet for ${report.machine.platform}: install tfjs-node in the workspace, or stay on pure JavaScript.`,
    });
  }
  for (const {name, loads, error, ops, opsError} of managed) {
    if (!loads) problems.push({code: 'runtime-broken', subject: name, problem: `The managed runtime ${name} does not load: ${error ?? ''}`, mend: `Build it again: singscope runtime remove ${name} && ${INSTALL}${name.endsWith('gpu') ? ' --gpu' : ''}.`});
    else if (!ops) problems.push({code: 'runtime-without-ops', subject: name, problem: `The managed runtime ${name} lacks SINGscope's ops (${opsError ?? 'they are gone'}): gradients are copied, which is slower.`, mend: `Build them again: ${INSTALL}.`});
  }
  return problems;
}

function installMend({compiler, prebuilt}: Pick<DoctorReport, 'compiler' | 'prebuilt'>): string | null {
  if (unsupportedPlatform() !== null) return null;
  return compiler === null && !prebuilt ? `Get a C++ compiler (${compilerMend()}), then run ${INSTALL}.` : `Run ${INSTALL}.`;
}

function gpuProblems({gpus, managed}: Pick<DoctorReport, 'gpus' | 'managed'>): Problem[] {
  if (gpus === null) return [{code: 'gpu-silent', subject: null, problem: 'There is an NVIDIA driver, but nvidia-smi does not answer.', mend: 'Restart the machine, or install the driver again.'}];
  if (gpus.length === 0 || unsupportedPlatform() !== null || managed.some(({device}) => device === 'gpu')) return [];
  return [{code: 'gpu-unused', subject: gpus[0]?.name ?? null, problem: `The GPU (${gpus[0]?.name ?? ''}) has no managed runtime: TensorFlow runs on the CPU.`, mend: `Run ${INSTALL} --gpu (about 3 GB to download).`}];
}
