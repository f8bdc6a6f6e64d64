import {Disposable, l10n, MarkdownString, StatusBarAlignment, ThemeColor, window, type StatusBarItem} from 'vscode';
import {commands, type RunArgument, type TrialArgument} from '../contributions';
import type {LiveRun, LiveRuns} from './liveRuns';
import type {LiveTrials} from './liveTrials';
import type {RunIndex} from './runIndex';
import {countText, ruleText, scriptName, statusText, stepText, valueText} from './texts';

const PRIORITY = 50;
/** Often enough to be live, seldom enough not to flicker. */
const DRAW_MS = 500;

/** The one item in the status bar: the newest run that goes on, or what became of the last. */
export class StatusItem implements Disposable {
  private readonly item: StatusBarItem;
  private readonly subscriptions: Disposable[];
  private timer: NodeJS.Timeout | null = null;
  private last: LiveRun | null = null;
  private note: string | null = null;

  constructor(private readonly live: LiveRuns, private readonly trials: LiveTrials, private readonly index: RunIndex) {
    this.item = window.createStatusBarItem('singscope.status', StatusBarAlignment.Left, PRIORITY);
    this.item.name = 'SINGscope';
    this.subscriptions = [
      live.onDidChange((run) => {
        this.last = this.newest() ?? run;
        this.timer ??= setTimeout(() => this.draw(), DRAW_MS);
      }),
      live.onDidEnd((run) => {
        this.last = this.newest() ?? run;
        this.note = null;
        this.draw();
      }),
      trials.onDidEnd(() => this.draw()),
      index.onDidChange(() => void this.forgetDeleted()),
    ];
  }

  /** Says something of the run that goes on, until it ends. */
  say(note: string): void {
    this.note = note;
    this.draw();
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    Disposable.from(...this.subscriptions, this.item).dispose();
  }

  private async forgetDeleted(): Promise<void> {
    const run = this.last;
    if (run === null || run.status === 'running' || await this.index.find(run) !== null) return;
    this.last = this.newest();
    this.draw();
  }

  private newest(): LiveRun | null {
    return this.live.all.at(-1) ?? null;
  }

  private draw(): void {
    this.timer = null;
    const run = this.last;
    if (run === null) {
      this.item.hide();
      return;
    }
    const {item, note} = this;
    const trial = this.trials.find(run.store, run.launch.trial);
    const goesOn = run.status === 'running' || trial !== null;
    const parts = trial === null ? [] : [l10n.t('{0} of {1} runs', countText(trial.overview.done), countText(trial.overview.jobs))];
    if (run.status === 'running' || trial === null) parts.push(run.status === 'running' ? stepText(run.state.step, run.state.total) : `${iconOf(run)} ${statusText(run.status)}`);
    if (run.state.loss !== null && run.state.step > 0) parts.push(l10n.t('loss {0}', valueText(run.state.loss)));
    if (note !== null) parts.push(note);
    if (run.findings.length > 0) parts.push(`$(warning) ${countText(run.findings.length)}`);
    if (trial === null && this.live.all.length > 1) parts.push(l10n.t('{0} runs', countText(this.live.all.length)));
    item.text = `${goesOn ? '$(pulse) ' : ''}SINGscope: ${parts.join(' · ')}`;
    item.tooltip = tooltip(run);
    item.accessibilityInformation = {label: item.text.replace(/\$\(warning\) (\S+)/, l10n.t('findings: {0}', '$1')).replace(/\$\([a-z]+\) ?/g, '')};
    item.backgroundColor = run.findings.some(({severity}) => severity === 'error') ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    item.command = {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [trial === null ? {store: run.store, run: run.run} satisfies RunArgument : {store: trial.store, trial: trial.trial} satisfies TrialArgument]};
    item.show();
  }
}

function iconOf({status}: LiveRun): string {
  return status === 'finished' ? '$(check)' : status === 'stopped' ? '$(debug-stop)' : '$(error)';
}

function tooltip(run: LiveRun): MarkdownString {
  const lines = [scriptName(run.launch.script), ...run.findings.map(({rule, layer, onsetStep}) => {
    return layer === null ? l10n.t('{0} from step {1} on', ruleText(rule), countText(onsetStep)) : l10n.t('{0} in {1} from step {2} on', ruleText(rule), layer, countText(onsetStep));
  })];
  const text = new MarkdownString();
  lines.forEach((line, i) => {
    if (i > 0) text.appendMarkdown('\n\n');
    text.appendText(line);
  });
  return text;
}
