import * as l10n from '@vscode/l10n';
import {commands, type FindingArgument, type RunArgument, type ScriptArgument} from '../contributions';
import type {Parameter} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {adviceFor} from './advice';
import {fileKey, uriOf} from './fileKey';
import {groupsAt, parametersAt, type FileReport, type LocatedGroup} from './fileReport';
import {groupText, ruleTitle} from './findingWords';
import {commandLink, escaped} from './markdown';
import {numberText} from './numberWords';
import type {GradientSeries, SeriesCache} from './runSeries';
import type {RunTail} from './runTail';
import {locateSite} from './siteLocation';
import type {SourceDocument} from './sourceDocument';
import {sparkline, valuePicture} from './valuePicture';
import {usualValue, valueWindow} from './valueWindow';

const MOST_PARAMETERS = 6;

/** What a hover may use. */
export interface HoverStyle {
  /** Pictures from data: URIs and links to commands. */
  rich: boolean;
  isTrusted: boolean;
  /** The message stands in a diagnostic: it is not said again. */
  hasDiagnostics: boolean;
}

/** Markdown about the lines of one file: findings, or what a layer or a training did in the last run. */
export class HoverText {
  constructor(
    private readonly key: string, private readonly document: SourceDocument, private readonly report: FileReport,
    private readonly cache: SeriesCache, private readonly style: HoverStyle,
  ) {}

  /** @returns null where nothing is known of the line */
  at(line: number): string | null {
    const {speaker} = this.report.runs;
    if (speaker === null) return null;
    const located = groupsAt(this.report, line);
    if (located.length > 0) return located.map((one) => this.group(one, speaker)).join('\n\n---\n\n');
    const {parameters, isStale} = parametersAt(this.key, this.document, this.report.runs, line);
    if (parameters.length > 0) return this.layer(parameters, isStale, speaker);
    return this.isTrainingLine(line, speaker) ? this.training(speaker) : null;
  }

  /** Behind a diagnostic, which the editor shows above: what that does not say. The picture comes early, since a hover is low. */
  private group({group, location}: LocatedGroup, run: RunTail): string {
    const [finding] = group.findings;
    const {hasDiagnostics, rich} = this.style;
    return joined(
      hasDiagnostics ? null : `**SINGscope · ${ruleTitle(finding.rule)}**`,
      hasDiagnostics ? null : escaped(groupText(group)),
      location.kind === 'stale' && !hasDiagnostics ? `*${l10n.t('This line was changed since that run.')}*` : null,
      rich ? this.links(finding, run) : null,
      this.numbers(finding, run).map((text) => escaped(text)).join(' · '),
      this.findingPicture(finding, run),
      `**${l10n.t('What to try')}**\n${adviceFor(finding).map((advice) => `- ${escaped(advice)}`).join('\n')}`,
    );
  }

  /** What the sentence of the finding does not tell. */
  private numbers({onsetStep, step, confidence, parameter}: Finding, run: RunTail): string[] {
    const facts = [...(onsetStep === step ? [] : [l10n.t('certain at step {0}', step)]), l10n.t('confidence {0} %', Math.round(confidence * 100))];
    const series = this.seriesOf(parameter, run);
    if (series !== null && parameter !== null) {
      const usual = usualValue(series.column('step'), series.column('norm'), onsetStep);
      const last = numberText(series.column('norm').at(-1) ?? NaN);
      facts.unshift(Number.isNaN(usual) ? l10n.t('gradient norm of {0}: now {1}', parameter, last) : l10n.t('gradient norm of {0}: now {1}, before {2}', parameter, last, numberText(usual)));
    }
    return facts;
  }

  private findingPicture({rule, parameter, onsetStep}: Finding, run: RunTail): string | null {
    const series = this.seriesOf(parameter, run);
    if (series !== null && parameter !== null) return this.picture(l10n.t('gradient norm of {0}', parameter), series.column('step'), series.column('norm'), onsetStep);
    if (rule === 'leak') {
      const steps = this.cache.steps(run.dir);
      return this.picture(l10n.t('tensors'), steps.column('step'), steps.column('tensors'), null);
    }
    if (rule === 'memory') {
      const steps = this.cache.steps(run.dir);
      return this.picture(l10n.t('memory of the process'), steps.column('step'), steps.column('rss'), null);
    }
    return this.runPicture(run, onsetStep);
  }

  /** Loss over time, or the norm over all gradients where no loss was seen. */
  private runPicture(run: RunTail, mark: number | null): string | null {
    const steps = this.cache.steps(run.dir);
    const [name, column] = run.hasLoss ? [l10n.t('loss'), 'loss' as const] : [l10n.t('norm over all gradients'), 'norm' as const];
    return this.picture(name, steps.column('step'), steps.column(column), mark);
  }

  private picture(name: string, steps: Float64Array, values: Float64Array, mark: number | null): string | null {
    const window = valueWindow(steps, values, mark);
    if (window.steps.length < 2) return null;
    const text = escaped(l10n.t('{0}, steps {1} to {2}', name, window.steps[0] ?? 0, window.steps.at(-1) ?? 0));
    const picture = this.style.rich ? valuePicture(name, window, mark) : null;
    return picture === null ? `${text}: \`${sparkline(window)}\`` : `![${text}](${picture})`;
  }

  /** A layer without a finding: its numbers, calmly. */
  private layer(parameters: readonly Parameter[], isStale: boolean, run: RunTail): string {
    const layers = [...new Set(parameters.map(({layer}) => layer))];
    const shown = parameters.slice(0, MOST_PARAMETERS);
    const rows = shown.map(({name, index}) => {
      const series = this.cache.gradients(run.dir, index);
      const last = (column: 'norm' | 'mean' | 'std'): string => (series === null ? '–' : numberText(series.column(column).at(-1) ?? NaN));
      return `| ${escaped(name)} | ${last('norm')} | ${last('mean')} | ${last('std')} |`;
    });
    const [first] = shown;
    const series = first === undefined ? null : this.cache.gradients(run.dir, first.index);
    const argument: RunArgument = {store: run.store, run: run.id, ...(first === undefined ? {} : {parameter: first.name})};
    return joined(
      `**${layers.length === 1 ? escaped(layers[0] ?? '') : l10n.t('{0} layers made here', layers.length)}** · ${l10n.t('gradients at step {0} of the last run', run.step)}`,
      this.style.rich ? commandLink(l10n.t('Open panel'), commands.openPanel, argument) : null,
      [`| ${l10n.t('parameter')} | ${l10n.t('norm')} | ${l10n.t('mean')} | ${l10n.t('std')} |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n'),
      parameters.length > shown.length ? l10n.t('and {0} more', parameters.length - shown.length) : null,
      series === null || first === undefined ? null : this.picture(l10n.t('gradient norm of {0}', first.name), series.column('step'), series.column('norm'), null),
      isStale ? `*${l10n.t('This line was changed since that run.')}*` : null,
    );
  }

  private isTrainingLine(line: number, run: RunTail): boolean {
    return run.trainings.some(({site}) => {
      const location = site !== null && fileKey(site.file) === this.key ? locateSite(run, site, this.document) : null;
      return location !== null && 'range' in location && location.range.start.line === line;
    });
  }

  private training(run: RunTail): string {
    const loss = run.hasLoss ? ` · ${l10n.t('loss {0}', numberText(run.loss))}` : '';
    return joined(
      `**${l10n.t('Last run')}** · ${l10n.t('step {0}', run.step)}${loss}`,
      this.style.rich ? commandLink(l10n.t('Open panel'), commands.openPanel, {store: run.store, run: run.id} satisfies RunArgument) : null,
      this.runPicture(run, null),
    );
  }

  private links(finding: Finding, run: RunTail): string {
    const open: RunArgument = {store: run.store, run: run.id, step: finding.onsetStep, ...(finding.parameter === null ? {} : {parameter: finding.parameter})};
    const copy: FindingArgument = {store: run.store, run: run.id, finding: finding.id};
    const script: ScriptArgument = {uri: run.launch.script === null ? this.document.uri : uriOf(run.launch.script)};
    return [
      commandLink(l10n.t('Open panel'), commands.openPanel, open),
      ...(this.style.isTrusted ? [commandLink(l10n.t('Compare SING off/on'), commands.compare, script)] : []),
      commandLink(l10n.t('Copy as text'), commands.copyFinding, copy),
    ].join(' · ');
  }

  private seriesOf(name: string | null, run: RunTail): GradientSeries | null {
    if (name === null) return null;
    for (const parameter of run.parameters.values()) if (parameter.name === name) return this.cache.gradients(run.dir, parameter.index);
    return null;
  }
}

function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}
