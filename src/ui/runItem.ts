import {l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState} from 'vscode';
import {commands} from '../contributions';
import type {RunStatus} from '../protocol/runSummary';
import type {RunRecord, TrialRecord} from './runIndex';
import type {RunNode} from './runNodes';
import {descriptionOf, variantOf} from './runTexts';
import {ageText, countText, scriptName, statusText, timeText} from './texts';

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
    case 'trial': return itemOfTrial(node.record, node.children, now);
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
  item.accessibilityInformation = {label: `${String(item.label)}, ${item.description}`};
  return item;
}

function itemOfTrial({store, trial, file}: TrialRecord, children: readonly RunNode[], now: number): TreeItem {
  const running = children.some((node) => node.kind === 'run' && node.record.status === 'running');
  const item = new TreeItem(`${scriptName(file.script)} · ${l10n.t('comparison')} · ${timeText(file.created, now)}`, running ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed);
  item.id = `${store}/${trial}`;
  item.description = [running ? statusText('running') : null, l10n.t('{0} runs', countText(children.length)), ageText(file.created, now)].filter(Boolean).join(' · ');
  item.iconPath = new ThemeIcon('beaker', running ? new ThemeColor('charts.blue') : undefined);
  item.contextValue = running ? 'running trial' : 'ended trial';
  item.command = {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [{store, trial}]};
  return item;
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
    text.appendMarkdown(`\n\n$(${severity === 'error' ? 'error' : 'warning'}) **${rule}** `);
    text.appendText(message);
  }
  text.appendMarkdown('\n\n');
  text.appendCodeblock(run, 'text');
  text.supportThemeIcons = true;
  return text;
}
