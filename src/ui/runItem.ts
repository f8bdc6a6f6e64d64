import {l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState} from 'vscode';
import {commands} from '../contributions';
import type {RunStatus} from '../protocol/runSummary';
import type {RunRecord, TrialRecord} from './runIndex';
import type {RunNode} from './runNodes';
import {descriptionOf, variantOf} from './runTexts';
import {ageText, countText, ruleText, scriptName, statusText, timeText} from './texts';

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
  item.iconPath = statusIcon(status, record.findings.length > 0);
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
  tooltip.appendText([script, ...verdict === null ? [l10n.t('{0} of {1} runs are done', countText(done), countText(jobs))] : [verdict.text]].join('\n\n'));
  item.tooltip = tooltip;
  item.command = {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [{store, trial}]};
  item.accessibilityInformation = {label: `${String(item.label)}, ${item.description}`};
  return item;
}

function trialState({state, done, jobs, verdict}: TrialRecord['overview']): string[] {
  if (state === 'running') return [l10n.t('comparing, {0} of {1} runs', countText(done), countText(jobs))];
  if (state === 'interrupted') return [l10n.t('comparison interrupted, {0} of {1} runs', countText(done), countText(jobs))];
  if (verdict === null) return [l10n.t('comparison')];
  return [verdict.winner === 'none' ? l10n.t('no proven difference') : verdict.winner === 'off' ? l10n.t('worse with SING') : l10n.t('better with SING')];
}

function statusIcon(status: RunStatus, troubled: boolean): ThemeIcon {
  switch (status) {
    case 'running': return new ThemeIcon('sync~spin', new ThemeColor('charts.blue'));
    case 'finished': return troubled ? new ThemeIcon('warning', new ThemeColor('charts.yellow')) : new ThemeIcon('pass', new ThemeColor('charts.green'));
    case 'stopped': return new ThemeIcon('debug-stop', troubled ? new ThemeColor('charts.yellow') : undefined);
    case 'failed': return new ThemeIcon('error', new ThemeColor('charts.red'));
    case 'crashed': return new ThemeIcon('flame', new ThemeColor('charts.red'));
  }
}

function runTooltip({run, launch, findings}: RunRecord): MarkdownString {
  const text = new MarkdownString();
  text.appendText([launch.script ?? scriptName(null), ...launch.args].join(' '));
  for (const {rule, severity, message} of findings) {
    text.appendMarkdown(`\n\n$(${severity === 'error' ? 'error' : 'warning'}) **${ruleText(rule)}** `);
    text.appendText(message);
  }
  text.appendMarkdown('\n\n');
  text.appendCodeblock(run, 'text');
  text.supportThemeIcons = true;
  return text;
}
