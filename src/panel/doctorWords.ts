import {l10n} from 'vscode';
import type {DoctorEntry, DoctorPageReport, DoctorProblem, MendAction} from '../protocol/doctorPage';
import type {DoctorReport, ManagedReport, Problem, WorkspacePackage} from '../runtime/doctor';
import {unsupportedPlatform} from '../runtime/platformCheck';
import type {ChosenNode, DoctorAnswer} from './doctor/doctorMessages';

/** What was found, in the words of the editor: what the command line says to type is a button here. */
export function doctorPageReport({node, report}: DoctorAnswer): DoctorPageReport {
  const told = report.problems.filter((problem) => isToldOf(problem, report));
  return {folder: report.cwd, facts: factsOf(report, node, told), problems: [...nodeProblem(node), ...told.map((problem) => editorProblem(problem, report))]};
}

/** Whether a problem is one of its own: for a package without its TensorFlow a runtime does, be it there or what is offered. */
function isToldOf({code}: Problem, report: DoctorReport): boolean {
  const {managed, problems} = report;
  const has = (wanted: Problem['code']): boolean => problems.some((problem) => problem.code === wanted);
  switch (code) {
    // Said of the Node that trainings from the editor run on.
    case 'no-node': case 'old-node': return false;
    case 'native-package-broken': return !managed.some(({loads}) => loads) && !has('runtime-broken') && !(has('no-native') && installation(report) !== null);
    case 'no-native': return installation(report) !== null || !has('native-package-broken');
    default: return true;
  }
}

/** The same as text for a colleague. */
export function doctorText({folder, facts, problems}: DoctorPageReport): string {
  const lines = [l10n.t('SINGscope setup of {0}', folder), ''];
  for (const {name, entries} of facts) lines.push(`${name}: ${entries.map(({text}) => text).join('; ')}`);
  lines.push('', ...(problems.length === 0 ? [l10n.t('Nothing is wrong.')] : problems.map(({problem, mend}) => `- ${problem} ${mend}`)));
  return `${lines.join('\n')}\n`;
}

/** @param told problems that give the reason of what does not work; it is not given twice */
function factsOf(report: DoctorReport, node: ChosenNode, told: readonly Problem[]): DoctorPageReport['facts'] {
  const {machine: {platform, glibc, cores, intraOpThreads}, nodes, workspace, managed, runtimesDir} = report;
  const machine = [platform, ...(glibc === null ? [] : [`glibc ${glibc}`]), l10n.t('{0} processors', cores), ...(intraOpThreads === null ? [] : [`TF_NUM_INTRAOP_THREADS=${intraOpThreads}`])];
  const installed = workspace.filter(({version}) => version !== null);
  const others = nodes.filter(({path}) => path !== node.path);
  return [
    {name: l10n.t('Machine'), entries: [plain(machine.join(', '))]},
    {name: l10n.t('Node for trainings'), entries: [node.path === null ? bad(l10n.t('none')) : good(`${node.version}, ${node.path}`)]},
    ...(others.length === 0 ? [] : [{name: l10n.t('Other Node on PATH'), entries: others.map(({version, path, supported}) => plain(supported ? `${version}, ${path}` : l10n.t('{0}, {1} (too old)', version, path)))}]),
    {name: l10n.t('TensorFlow.js of the project'), entries: installed.length === 0 ? [bad(l10n.t('none'))] : installed.map((found) => packageEntry(found, report, told))},
    {name: l10n.t('TensorFlow runtimes'), entries: managed.length === 0 ? [plain(l10n.t('none in {0}', runtimesDir))] : managed.map(runtimeEntry)},
    {name: l10n.t('C++ compiler'), entries: [compilerEntry(report)]},
    {name: l10n.t('GPU'), entries: gpuEntries(report)},
  ];
}

function packageEntry({name, version, loads, error, tensorflow, usesGpu}: WorkspacePackage, {managed}: DoctorReport, told: readonly Problem[]): DoctorEntry {
  const title = `${name} ${version ?? ''}`.trim();
  if (!loads) {
    if (name !== '@tensorflow/tfjs' && managed.some((runtime) => runtime.loads)) return plain(l10n.t('{0}: trainings that import it run on the TensorFlow runtime; its own can\'t be loaded ({1})', title, reasonOf(error)));
    return bad(told.some(({subject}) => subject === name) ? l10n.t('{0}: does not load', title) : l10n.t('{0}: does not load ({1})', title, reasonOf(error)));
  }
  if (tensorflow === null) return good(l10n.t('{0}: loads, pure JavaScript', title));
  return good(usesGpu ? l10n.t('{0}: loads, TensorFlow {1} on the GPU', title, tensorflow) : l10n.t('{0}: loads, TensorFlow {1} on the CPU', title, tensorflow));
}

function runtimeEntry({name, tensorflow, loads, ops}: ManagedReport): DoctorEntry {
  if (!loads) return bad(l10n.t('{0}: does not load', name));
  if (ops) return good(l10n.t('{0}: TensorFlow {1} loads, with SINGscope\'s own operations', name, tensorflow));
  return bad(l10n.t('{0}: TensorFlow {1} loads, without SINGscope\'s own operations', name, tensorflow));
}

function compilerEntry({compiler, prebuilt, prebuiltProblem}: DoctorReport): DoctorEntry {
  const found = compiler ?? l10n.t('none');
  if (prebuilt) return plain(l10n.t('{0} (none is needed: the extension brings its native part)', found));
  if (prebuiltProblem !== null) return plain(l10n.t('{0} (needed: the native part that the extension brings does not fit, {1})', found, prebuiltProblem));
  return plain(found);
}

function gpuEntries({gpus}: DoctorReport): DoctorEntry[] {
  if (gpus === null) return [bad(l10n.t('does not answer'))];
  if (gpus.length === 0) return [plain(l10n.t('none'))];
  return gpus.map(({name, driver, memoryMiB}) => good(l10n.t('{0}, driver {1}, {2} MiB', name, driver, memoryMiB)));
}

function nodeProblem(node: ChosenNode): DoctorProblem[] {
  if (node.path !== null) return [];
  return [{
    problem: l10n.t('No Node can run trainings: {0}.', node.problem),
    mend: l10n.t('Install Node 20 or newer, or choose one in the settings.'),
    button: {label: l10n.t('Choose Node'), action: {kind: 'chooseNode'}},
  }];
}

function editorProblem({code, subject, problem, mend}: Problem, report: DoctorReport): DoctorProblem {
  const name = subject ?? '';
  const runtime = report.managed.find((found) => found.name === subject);
  const package_ = report.workspace.find((found) => found.name === subject);
  switch (code) {
    case 'no-tfjs': return {problem: l10n.t('No TensorFlow.js is installed for {0}.', report.cwd), mend: l10n.t('Open the folder of the training script, or install one there: npm install @tensorflow/tfjs'), button: null};
    case 'package-broken': return {problem: doesNotLoad(name, package_?.error), mend: l10n.t('Install it again: npm install {0}', name), button: null};
    case 'native-package-broken':
      return {problem: doesNotLoad(name, package_?.error), ...installation(report) ?? {mend: l10n.t('Build it again: npm rebuild {0} --build-addon-from-source', name), button: null}};
    case 'versions-differ': {
      const list = report.workspace.filter(({version}) => version !== null).map((found) => `${found.name} ${found.version ?? ''}`).join(', ');
      return {problem: l10n.t('The TensorFlow.js packages differ in version ({0}): they are separate copies that don\'t share tensors.', list), mend: l10n.t('Install the same version of each.'), button: null};
    }
    case 'no-native':
      return {
        problem: l10n.t('No TensorFlow library loads here: trainings run on pure JavaScript, ten to a hundred times slower.'),
        ...installation(report) ?? {mend: l10n.t('There is no TensorFlow runtime for {0} yet: install tfjs-node in the project, or stay on pure JavaScript.', report.machine.platform), button: null},
      };
    case 'runtime-broken':
      return {problem: doesNotLoad(name, runtime?.error), mend: l10n.t('It has to be built again.'), button: {label: l10n.t('Install It Again'), action: {kind: 'rebuild', runtime: name}}};
    case 'runtime-without-ops': {
      const reason = runtime?.opsError == null ? l10n.t('they are gone') : reasonOf(runtime.opsError);
      return {
        problem: l10n.t('The runtime {0} lacks SINGscope\'s own operations ({1}): gradients are copied, which is slower.', name, reason),
        mend: l10n.t('They have to be built again.'), button: {label: l10n.t('Build Operations'), action: {kind: 'install', gpu: runtime?.device === 'gpu'}},
      };
    }
    case 'gpu-silent': return {problem: l10n.t('There is an NVIDIA driver, but nvidia-smi does not answer.'), mend: l10n.t('Restart the machine, or install the driver again.'), button: null};
    case 'gpu-unused':
      return {
        problem: l10n.t('The GPU ({0}) has no TensorFlow runtime: TensorFlow runs on the CPU.', name), mend: l10n.t('Install the runtime for it (about 3 GB to download).'),
        button: {label: l10n.t('Install GPU Runtime'), action: {kind: 'install', gpu: true}},
      };
    // Said of the Node that trainings from the editor run on.
    case 'no-node': case 'old-node': return {problem, mend, button: null};
  }
}

/** null where there is no runtime for this machine. */
function installation({compiler, prebuilt}: DoctorReport): Pick<DoctorProblem, 'mend' | 'button'> | null {
  if (unsupportedPlatform() !== null) return null;
  if (compiler === null && !prebuilt) {
    return {mend: l10n.t('Get a C++ compiler (Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install gcc-c++), then install SINGscope\'s TensorFlow runtime.'), button: install()};
  }
  return {mend: l10n.t('Install SINGscope\'s TensorFlow runtime.'), button: install()};
}

function install(): {label: string; action: MendAction} {
  return {label: l10n.t('Install TensorFlow Runtime'), action: {kind: 'install', gpu: false}};
}

function doesNotLoad(name: string, error: string | null | undefined): string {
  return l10n.t('{0} does not load: {1}.', name, reasonOf(error));
}

/** Without the mark at its end: it stands within a sentence. */
function reasonOf(error: string | null | undefined): string {
  return error?.replace(/[\s.]+$/, '') ?? l10n.t('it gives no reason');
}

function good(text: string): DoctorEntry {
  return {text, state: 'good'};
}

function bad(text: string): DoctorEntry {
  return {text, state: 'bad'};
}

function plain(text: string): DoctorEntry {
  return {text, state: 'plain'};
}
