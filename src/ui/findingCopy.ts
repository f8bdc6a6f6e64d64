import {env, l10n, window} from 'vscode';
import type {FindingArgument, RunArgument} from '../contributions';
import type {Finding} from '../protocol/finding';
import {worstFirst} from './findingOrder';
import {UserProblem} from './messages';
import {findingName, findingSize} from './runTexts';

/** Copies a finding as text that speaks for itself: to a colleague, an issue, an AI agent. @throws UserProblem where the run has none */
export async function copyFinding(argument: FindingArgument | RunArgument | null): Promise<void> {
  if (argument === null) return;
  const [{openRun}, {runDir}, {findingText}] = await Promise.all([import('../runs/runReader'), import('../runs/runStore'), import('../runs/findingText')]);
  const reader = openRun(runDir(argument.store, argument.run));
  const {findings} = reader;
  const finding = 'finding' in argument ? findings.find(({id}) => id === argument.finding) ?? null : await pickFinding(findings);
  if (finding === null) {
    if (findings.length === 0) throw new UserProblem(l10n.t('This run has no finding.'));
    return;
  }
  await env.clipboard.writeText(findingText(reader, finding));
  window.setStatusBarMessage(l10n.t('$(copy) Finding copied'), 3000);
}

async function pickFinding(findings: readonly Finding[]): Promise<Finding | null> {
  if (findings.length <= 1) return findings[0] ?? null;
  const items = worstFirst(findings).map((finding) => ({
    label: findingName(finding), description: findingSize(finding), finding,
  }));
  return (await window.showQuickPick(items, {placeHolder: l10n.t('Finding to copy')}))?.finding ?? null;
}
