import * as l10n from '@vscode/l10n';
import {commands, type FindingArgument, type RunArgument, type ScriptArgument} from '../contributions';
import type {Parameter} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {adviceFor} from './advice';
import {uriOf} from './fileKey';
import {groupsAt, parametersAt, type FileReport, type LocatedGroup} from './fileReport';
import {groupText, ruleTitle} from './findingWords';
import {normPicture, sparkline} from './normPicture';
import type {NormSeries, SeriesCache} from './normSeries';
import {normWindow, usualNorm} from './normWindow';
import {numberText} from './numberWords';
import type {RunTail} from './runTail';
import type {SourceDocument} from './sourceDocument';

const MOST_PARAMETERS = 6;

/** What a hover may use. */
export interface HoverStyle {
  /** Pictures from data: URIs and links to commands. */
  rich: boolean;
  isTrusted: boolean;
}

/** Markdown about a line: its findings, or what its layer did in the last run; null where nothing is known of it. */
export function hoverOf(key: string, document: SourceDocument, report: FileReport, line: number, cache: SeriesCache, style: HoverStyle): string | null {
  const {speaker} = report.runs;
  if (speaker === null) return null;
  const located = groupsAt(report, line);
  if (located.length > 0) return located.map((one) => groupHover(one, speaker, cache, style, document)).join('\n\n---\n\n');
  const {parameters, isStale} = parametersAt(key, document, report.runs, line);
  return parameters.length > 0 ? layerHover(parameters, isStale, speaker, cache, style) : null;
}

function groupHover({group, location}: LocatedGroup, run: RunTail, cache: SeriesCache, style: HoverStyle, document: SourceDocument): string {
  const [finding] = group.findings;
  const stale = location.kind === 'stale' ? `*${l10n.t('This line was changed since that run.')}*` : null;
  return [
    `**SINGscope · ${ruleTitle(finding.rule)}**`, escaped(groupText(group)), stale,
    numbersOf(finding, run, cache).join('\n'), pictureOf(finding, run, cache, style),
    `**${l10n.t('What to try')}**`, adviceFor(finding).map((advice) => `- ${escaped(advice)}`).join('\n'),
    style.rich ? linksOf(finding, run, style, document) : null,
  ].filter((part) => part !== null && part !== '').join('\n\n');
}

function numbersOf(finding: Finding, run: RunTail, cache: SeriesCache): string[] {
  const {onsetStep, step, value, baseline, confidence, parameter} = finding;
  const rows: [string, string][] = [[l10n.t('Since'), onsetStep === step ? l10n.t('step {0}', onsetStep) : l10n.t('step {0}, certain at step {1}', onsetStep, step)]];
  rows.push([l10n.t('Value'), baseline === null ? numberText(value) : l10n.t('{0}, usually {1}', numberText(value), numberText(baseline))]);
  const series = parameter === null ? null : seriesOf(parameter, run, cache);
  if (series !== null && series.length > 0 && parameter !== null) {
    const usual = usualNorm(series, onsetStep);
    const last = numberText(series.column('norm').at(-1) ?? NaN);
    rows.push([l10n.t('Gradient norm of {0}', parameter), Number.isNaN(usual) ? l10n.t('now {0}', last) : l10n.t('now {0}, before {1}', last, numberText(usual))]);
  }
  rows.push([l10n.t('Confidence'), `${Math.round(confidence * 100)} %`]);
  return rows.map(([name, text]) => `- ${escaped(name)}: ${escaped(text)}`);
}

function pictureOf(finding: Finding, run: RunTail, cache: SeriesCache, style: HoverStyle): string | null {
  const {parameter, onsetStep} = finding;
  const series = parameter === null ? null : seriesOf(parameter, run, cache);
  return series === null || parameter === null ? null : pictureOfSeries(series, parameter, onsetStep, style);
}

function pictureOfSeries(series: NormSeries, parameter: string, mark: number | null, style: HoverStyle): string | null {
  const window = normWindow(series, mark);
  if (window.steps.length < 2) return null;
  const text = l10n.t('Gradient norm of {0}, steps {1} to {2}', parameter, window.steps[0] ?? 0, window.steps.at(-1) ?? 0);
  const picture = style.rich ? normPicture(window, mark) : null;
  return picture === null ? `${escaped(text)}: \`${sparkline(window)}\`` : `![${escaped(text)}](${picture})`;
}

/** A layer without a finding: its numbers, calmly. */
function layerHover(parameters: readonly Parameter[], isStale: boolean, run: RunTail, cache: SeriesCache, style: HoverStyle): string {
  const layers = [...new Set(parameters.map(({layer}) => layer))];
  const title = layers.length === 1 ? `**${escaped(layers[0] ?? '')}**` : `**${l10n.t('{0} layers made here', layers.length)}**`;
  const shown = parameters.slice(0, MOST_PARAMETERS);
  const rows = shown.map((parameter) => {
    const series = cache.series(run.dir, parameter.index);
    const at = (column: 'norm' | 'mean' | 'std'): string => numberText(series?.column(column).at(-1) ?? NaN);
    return series === null || series.length === 0
      ? `| ${cell(parameter.name)} | – | – | – |`
      : `| ${cell(parameter.name)} | ${at('norm')} | ${at('mean')} | ${at('std')} |`;
  });
  const more = parameters.length - shown.length;
  const first = shown[0] === undefined ? null : cache.series(run.dir, shown[0].index);
  const argument: RunArgument = {store: run.store, run: run.id, ...(shown[0] === undefined ? {} : {parameter: shown[0].name})};
  return [
    `${title} · ${l10n.t('gradients at step {0} of the last run', run.step)}`,
    [`| ${l10n.t('parameter')} | ${l10n.t('norm')} | ${l10n.t('mean')} | ${l10n.t('std')} |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n'),
    more > 0 ? l10n.t('and {0} more', more) : null,
    first === null || shown[0] === undefined ? null : pictureOfSeries(first, shown[0].name, null, style),
    isStale ? `*${l10n.t('This line was changed since that run.')}*` : null,
    style.rich ? link(l10n.t('Open panel'), commands.openPanel, argument) : null,
  ].filter((part) => part !== null).join('\n\n');
}

function linksOf(finding: Finding, run: RunTail, {isTrusted}: HoverStyle, document: SourceDocument): string {
  const open: RunArgument = {store: run.store, run: run.id, step: finding.onsetStep, ...(finding.parameter === null ? {} : {parameter: finding.parameter})};
  const copy: FindingArgument = {store: run.store, run: run.id, finding: finding.id};
  const script: ScriptArgument = {uri: run.launch.script === null ? document.uri : uriOf(run.launch.script)};
  return [
    link(l10n.t('Open panel'), commands.openPanel, open),
    ...(isTrusted ? [link(l10n.t('Compare SING off/on'), commands.compare, script)] : []),
    link(l10n.t('Copy as text'), commands.copyFinding, copy),
  ].join(' · ');
}

function seriesOf(name: string, run: RunTail, cache: SeriesCache): NormSeries | null {
  for (const parameter of run.parameters.values()) if (parameter.name === name) return cache.series(run.dir, parameter.index);
  return null;
}

function link(title: string, command: string, argument: object): string {
  return `[${escaped(title)}](command:${command}?${encodeURIComponent(JSON.stringify([argument])).replace(/[()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)})`;
}

/** Names come from the user's code: they must not become Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+|<>!~]/g, '\\$&');
}

function cell(text: string): string {
  return escaped(text).replace(/\n/g, ' ');
}
