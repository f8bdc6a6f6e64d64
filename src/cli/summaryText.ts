import pc from 'picocolors';
import type {RunStatus, RunSummary} from '../protocol/runSummary';
import {findStore} from '../runs/runStore';
import {commandName, findingText, shortNumber, shortPath} from './texts';

const statusColors: Record<RunStatus, (text: string) => string> = {
  running: pc.cyan, finished: pc.green, stopped: pc.yellow, failed: pc.red, crashed: pc.red,
};

/** What a run came to, in a few lines. */
export function summaryText(summary: RunSummary): string {
  const {run, status, steps, loss, metrics, stepMs, overheadPct, sampled, findings, notices, children, skippedSteps} = summary;
  const lines = [`Run ${pc.bold(run)} ${statusColors[status](status)}${endText(summary)} after ${steps} ${steps === 1 ? 'step' : 'steps'}`];
  const row = (name: string, text: string): void => void lines.push(`  ${name.padEnd(10)}${text}`);
  if (loss.first !== null) row('loss', `${shortNumber(loss.first)} → ${shortNumber(loss.last)} (lowest ${shortNumber(loss.min)})${summary.diverged ? pc.red('  diverged') : ''}`);
  for (const [name, {last, best, step}] of Object.entries(metrics)) {
    if (name !== 'loss') row(name.slice(0, 9), `${shortNumber(last)} (best ${shortNumber(best)} at step ${step})`);
  }
  if (stepMs.median !== null) row('step', `${shortNumber(stepMs.median)} ms (95 %: ${shortNumber(stepMs.p95)} ms)${overheadPct === null ? '' : `, of it ${shortNumber(overheadPct)} % for observation${sampledText(sampled)}`}`);
  if (summary.backend !== null) row('runtime', backendText(summary.backend));
  row('SING', singText(summary.sing));
  if (skippedSteps > 0) row('skipped', `${skippedSteps} ${skippedSteps === 1 ? 'step' : 'steps'} with a NaN or an infinity in a gradient`);
  row('findings', findings.length === 0 ? 'none' : String(findings.length));
  for (const finding of findings) lines.push(`    ${findingText(finding)}`);
  for (const {code, message} of notices) row('notice', `${message} ${pc.dim(`(${code})`)}`);
  if (children.length > 0) row('children', children.join(', '));
  row('recorded', `${shortPath(summary.store)}/runs/${run}`);
  row('report', `${commandName()} report ${run}${storeHint(summary.store)}`);
  return lines.join('\n');
}

/** What the budget left of what can be thinned. */
function sampledText({steps, every}: RunSummary['sampled']): string {
  if (steps === 0) return '';
  return ` (histograms of ${steps} ${steps === 1 ? 'step' : 'steps'}${every === null ? '' : `, at last every ${shortNumber(every)}`})`;
}

function singText({mode, centralize, normalize, softplus, lookahead, weightDecay, excluded}: RunSummary['sing']): string {
  if (mode === 'off') return mode;
  const parts = [
    centralize === false ? 'not centralized' : centralize === 'always' ? 'centralized always' : '',
    normalize === false ? 'not normalized' : normalize === 'std' ? 'normalized by std' : '',
    mode === 'full' && !softplus ? 'no softplus' : '',
    mode === 'full' && !lookahead ? 'no LookAhead' : '',
    weightDecay > 0 ? `weight decay ${shortNumber(weightDecay)}` : '',
    excluded.length > 0 ? `without ${excluded.join(', ')}` : '',
  ].filter(Boolean);
  return [mode, ...parts].join(', ');
}

function endText({exitCode, signal, status}: RunSummary): string {
  if (signal !== null && status !== 'stopped') return ` (killed by ${signal})`;
  return exitCode !== null && exitCode !== 0 ? ` (exit code ${exitCode})` : '';
}

function backendText({name, package: source, packageVersion, tensorflow, device, threads, kernels}: NonNullable<RunSummary['backend']>): string {
  const from = source === null ? 'bundled' : `${source}${packageVersion === null ? '' : ` ${packageVersion}`}`;
  return [name, from, tensorflow === null ? 'pure JavaScript' : `TensorFlow ${tensorflow}`, device, `${threads} ${threads === 1 ? 'thread' : 'threads'}`, `kernels ${kernels}`].join(', ');
}

/** A store that is not the one found from here has to be named. */
export function storeHint(store: string): string {
  return store === findStore(process.cwd()) ? '' : ` --store ${shortPath(store)}`;
}
