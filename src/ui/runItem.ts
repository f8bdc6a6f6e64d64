import {l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState} from 'vscode';
import {commands} from '../contributions';
import type {Verdict} from '../protocol/runSummary';
import {worstFirst} from './findingOrder';
import type {RunRecord, TrialRecord} from './runIndex';
import type {RunNode} from './runNodes';
import {descriptionOf, findingName, findingSize, variantOf} from './runTexts';
import {ageText, countText, scriptName, statusText, timeText, valueText} from './texts';

/** One line of the tree. Shapes tell states apart, colours only help. */
export function runItem(node: RunNode, now: number): TreeItem {
  switch (node.kind) {
    case 'folder': {
      const item = new TreeItem(node.name, TreeItemCollapsibleState.Expanded);
      item.iconPath = ThemeIcon.Folder;
      item.contextValue = 'folder';
      return item;
    }
    case 'more': {
      const item = new TreeItem(l10n.t('{0} older runs …', countText(node.hidden)));
      item.command = {command: commands.showMoreRuns, title: l10n.t('Show More')};
      return item;
    }
    case 'run': return itemOfRun(node.record, node.children.length > 0, now);
    case 'trial': return itemOfTrial(node.record, node.children.length > 0, now);
  }
}

function itemOfRun(record: RunRecord, hasChildren: boolean, now: number): TreeItem {
  const {store, run, launch, status} = record;
  const variant = variantOf(record);
  const name = launch.trial === null ? [scriptName(launch.script), variant, timeText(launch.created, now)] : [variant ?? scriptName(launch.script)];
  const item = new TreeItem(name.filter(Boolean).join(' · '), hasChildren ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.id = `${store}/${run}`;
  item.description = descriptionOf(record, now);
  item.iconPath = statusIcon(record);
  item.contextValue = status === 'running' ? 'running run' : 'ended run';
  item.tooltip = runTooltip(record);
  item.command = {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [{store, run}]};
  item.accessibilityInformation = {label: `${String(item.label)}, ${statusText(status)}, ${item.description}`};
  return item;
}

function itemOfTrial({store, trial, overview}: TrialRecord, hasRuns: boolean, now: number): TreeItem {
  const {state, done, jobs, verdict, trial: {script, created}} = overview;
  const running = state === 'running';
  const collapsed = running ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
  const item = new TreeItem(`${scriptName(script)} · ${timeText(created, now)}`, hasRuns ? collapsed : TreeItemCollapsibleState.None);
  // With another state it is another item: VS Code would keep it expanded otherwise.
  item.id = `${store}/${trial}/${state}`;
  item.description = [...trialState(overview), ageText(created, now)].join(' · ');
  item.iconPath = running ? new ThemeIcon('sync~spin', new ThemeColor('charts.blue')) : new ThemeIcon('beaker', state === 'finished' ? undefined : new ThemeColor('charts.yellow'));
  item.contextValue = running ? 'running trial' : 'ended trial';
  const tooltip = new MarkdownString();
  tooltip.appendText([script, ...verdict === null ? [l10n.t('{0} of {1} runs are done', countText(done), countText(jobs))] : verdictLines(verdict)].join('\n\n'));
  item.tooltip = tooltip;
  item.command = {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [{store, trial}]};
  item.accessibilityInformation = {label: `${String(item.label)}, ${item.description}`};
  return item;
}

function trialState({state, done, jobs, verdict}: TrialRecord['overview']): string[] {
  if (state === 'running') return [l10n.t('comparing, {0} of {1} runs', countText(done), countText(jobs))];
  if (state === 'interrupted') return [l10n.t('comparison interrupted, {0} of {1} runs', countText(done), countText(jobs))];
  if (verdict === null) return [l10n.t('comparison')];
  return [winnerText(verdict)];
}

function winnerText({winner}: Verdict): string {
  return winner === 'none' ? l10n.t('no proven difference') : winner === 'off' ? l10n.t('worse with SING') : l10n.t('better with SING');
}

/** More is in the panel and in the report. */
function verdictLines(verdict: Verdict): string[] {
  const {pValue, pairs} = verdict;
  return [winnerText(verdict), ...pValue === null ? [] : [l10n.t('p = {0} over {1} seeds', valueText(pValue), countText(pairs))]];
}

/** A run that blew up has the sign of its worst finding, whether or not its script came to its end. */
function statusIcon({status, findings}: RunRecord): ThemeIcon {
  const worst = worstFirst(findings)[0]?.severity ?? null;
  const colour = worst === null ? undefined : new ThemeColor(worst === 'error' ? 'charts.red' : 'charts.yellow');
  switch (status) {
    case 'running': return new ThemeIcon('sync~spin', new ThemeColor('charts.blue'));
    case 'finished': return worst === null ? new ThemeIcon('pass', new ThemeColor('charts.green')) : new ThemeIcon(worst, colour);
    case 'stopped': return new ThemeIcon('debug-stop', colour);
    case 'failed': return new ThemeIcon('error', new ThemeColor('charts.red'));
    case 'crashed': return new ThemeIcon('flame', new ThemeColor('charts.red'));
  }
}

function runTooltip({run, launch, findings}: RunRecord): MarkdownString {
  const text = new MarkdownString();
  text.appendText([launch.script ?? scriptName(null), ...launch.args].join(' '));
  for (const finding of worstFirst(findings)) {
    text.appendMarkdown(`\n\n$(${finding.severity}) `);
    text.appendText(`${findingName(finding)}, ${findingSize(finding)}`);
  }
  text.appendMarkdown('\n\n');
  text.appendCodeblock(run, 'text');
  text.supportThemeIcons = true;
  return text;
}
