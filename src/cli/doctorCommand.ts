import pc from 'picocolors';
import {stringifyJson} from '../protocol/numbers';
import {exitCodes, type ExitCode} from '../platform/failure';
import {diagnose, type DoctorReport, type ManagedReport, type WorkspacePackage} from '../runtime/doctor';

/** `singscope doctor` */
export async function doctor({json}: {json?: boolean}, packageRoot: string): Promise<ExitCode> {
  const report = await diagnose(process.cwd(), packageRoot);
  process.stdout.write(`${json ? stringifyJson(report) : doctorText(report)}\n`);
  return exitCodes.fine;
}

/** What was found, one thing a line, and what to mend. */
export function doctorText({machine, nodes, workspace, managed, runtimesDir, compiler, prebuilt, prebuiltProblem, gpus, problems}: DoctorReport): string {
  const lines: string[] = [];
  const row = (name: string, texts: readonly string[]): void => {
    texts.forEach((text, i) => lines.push(`${(i === 0 ? name : '').padEnd(12)}${text}`));
  };
  const {platform, glibc, cores, intraOpThreads} = machine;
  row('machine', [[platform, glibc === null ? [] : `glibc ${glibc}`, `${cores} cores`, intraOpThreads === null ? [] : `TF_NUM_INTRAOP_THREADS=${intraOpThreads}`].flat().join(', ')]);
  row('Node', nodes.length === 0 ? ['none on PATH'] : nodes.map(({version, path, supported}) => `${version} ${path}${supported ? '' : pc.yellow(' (too old)')}`));
  row('workspace', workspace.filter(({version}) => version !== null).map(packageText));
  if (workspace.every(({version}) => version === null)) row('workspace', ['no TensorFlow.js is installed here']);
  row('managed', managed.length === 0 ? [`none in ${runtimesDir}`] : managed.map(managedText));
  row('compiler', [`${compiler ?? 'none'}${prebuilt ? ' (none is needed: this package brings its native part)' : prebuiltProblem === null ? '' : ` (needed: the native part of this package does not fit, ${prebuiltProblem})`}`]);
  row('GPU', gpus === null ? ['there is a driver, but it does not answer'] : gpus.length === 0 ? ['none'] : gpus.map(({name, driver, memoryMiB}) => `${name}, driver ${driver}, ${memoryMiB} MiB`));
  if (problems.length === 0) lines.push(pc.green('Nothing is wrong.'));
  for (const {problem, mend} of problems) lines.push(`${pc.yellow('problem')}     ${problem}`, `${pc.green('mend')}        ${mend}`);
  return lines.join('\n');
}

function packageText({name, version, loads, error, tensorflow, usesGpu}: WorkspacePackage): string {
  if (!loads) return `${name} ${version ?? ''}: ${pc.red('does not load')}${error === null ? '' : ` (${error})`}`;
  return `${name} ${version ?? ''}: loads, ${tensorflow === null ? 'pure JavaScript' : `TensorFlow ${tensorflow}, ${usesGpu ? 'GPU' : 'CPU'}`}`;
}

function managedText({name, loads, error, ops, opsError, builtWith}: ManagedReport): string {
  if (!loads) return `${name}: ${pc.red('does not load')}${error === null ? '' : ` (${error})`}`;
  const made = builtWith?.startsWith('prebuilt') === true ? ', prebuilt' : '';
  return `${name}: loads${made}, ${ops ? 'with our native operations' : `without our native operations${opsError === null ? '' : ` (${opsError})`}`}`;
}
