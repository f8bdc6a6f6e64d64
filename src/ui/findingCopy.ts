import {readFile} from 'node:fs/promises';
import {env, l10n, window} from 'vscode';
import type {FindingArgument, RunArgument} from '../contributions';
import type {Finding} from '../protocol/finding';
import {fromJsonNumber} from '../protocol/numbers';
import {UserProblem} from './messages';
import {countText, valueText} from './texts';

const LINES_AROUND = 3;

/** Copies a finding as text that speaks for itself: to a colleague, an issue, an AI agent. @throws UserProblem where the run has none */
export async function copyFinding(argument: FindingArgument | RunArgument | null): Promise<void> {
  if (argument === null) return;
  const [{openRun}, {runDir}] = await Promise.all([import('../runs/runReader'), import('../runs/runStore')]);
  const reader = openRun(runDir(argument.store, argument.run));
  const {findings} = reader;
  const finding = 'finding' in argument ? findings.find(({id}) => id === argument.finding) ?? null : await pickFinding(findings);
  if (finding === null) {
    if (findings.length === 0) throw new UserProblem(l10n.t('This run has no finding.'));
    return;
  }
  const {launch} = reader;
  const backend = reader.lastEvent('backend')?.backend ?? null;
  const source = finding.site === null ? null : reader.sources.get(finding.site.file)?.text() ?? await readFile(finding.site.file, 'utf8').catch(() => null);
  await env.clipboard.writeText(findingText(finding, {
    script: launch.script, steps: reader.steps.length, sing: reader.sing.mode, seed: launch.seed, source,
    backend: backend === null ? null : [backend.package, backend.packageVersion, backend.tensorflow === null ? null : `TensorFlow ${backend.tensorflow}`, backend.device].filter(Boolean).join(', '),
  }));
  window.setStatusBarMessage(l10n.t('$(copy) Finding copied'), 3000);
}

interface FindingContext {
  script: string | null;
  steps: number;
  sing: string;
  seed: number | null;
  backend: string | null;
  source: string | null;
}

/** In English, as the finding itself: it leaves the editor for whoever reads it next. */
function findingText(finding: Finding, {script, steps, sing, seed, backend, source}: FindingContext): string {
  const {rule, severity, layer, parameter, site, value, baseline, onsetStep, step, message, confidence} = finding;
  const lines = [
    `SINGscope finding: ${rule} (${severity}, confidence ${Math.round(confidence * 100)} %)`,
    message, '',
    `Layer: ${layer ?? 'none to blame'}${parameter === null ? '' : ` (${parameter})`}`,
    `Onset: step ${onsetStep}, certain at step ${step}, of ${steps} recorded`,
    `Value: ${fromJsonNumber(value)}${baseline === null ? '' : `, usually ${fromJsonNumber(baseline)}`}`,
    `SING: ${sing}${seed === null ? '' : `, seed ${seed}`}`,
  ];
  if (backend !== null) lines.push(`Runs on: ${backend}`);
  if (script !== null) lines.push(`Script: ${script}`);
  if (site !== null) lines.push(`Made at: ${site.file}:${site.line}:${site.column}`);
  if (site !== null && source !== null) lines.push('', '```', ...excerpt(source, site.line), '```');
  return `${lines.join('\n')}\n`;
}

function excerpt(source: string, line: number): string[] {
  const first = Math.max(1, line - LINES_AROUND);
  return source.split(/\r?\n/).slice(first - 1, line + LINES_AROUND).map((text, i) => `${first + i === line ? '>' : ' '} ${String(first + i).padStart(4)} | ${text}`);
}

async function pickFinding(findings: readonly Finding[]): Promise<Finding | null> {
  if (findings.length <= 1) return findings[0] ?? null;
  const items = findings.map((finding) => ({
    label: finding.layer === null ? finding.rule : l10n.t('{0} in {1}', finding.rule, finding.layer),
    description: l10n.t('step {0}, value {1}', countText(finding.onsetStep), valueText(fromJsonNumber(finding.value))),
    detail: finding.message,
    finding,
  }));
  return (await window.showQuickPick(items, {placeHolder: l10n.t('Finding to copy')}))?.finding ?? null;
}
