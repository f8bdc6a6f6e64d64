import * as l10n from '@vscode/l10n';
import type {PanelFinding, PanelParameter, PanelRun} from '../../protocol/panel';
import {toJsonNumber, type JsonNumber} from '../../protocol/numbers';
import {plannedSteps, stepSpeed} from '../../runs/pace';
import type {RunReader} from '../../runs/runReader';
import {runNotices} from '../../runs/runSummary';
import type {FollowedRun} from './followedRun';
import type {RunName} from './runNames';

/** All of a run that is not numbers over time. */
export function panelRun(run: FollowedRun, {label, arm}: RunName): PanelRun {
  const {reader, status} = run;
  const {launch} = reader;
  const running = status === 'running';
  const totalSteps = plannedSteps([launch.maxSteps, reader.lastEvent('plan')?.totalSteps ?? null], run.newest);
  const stepsPerSecond = running ? stepSpeed(reader.steps.column('time')) : null;
  return {
    id: reader.id, label, arm, seed: launch.seed, script: launch.script, created: launch.created, status,
    error: errorOf(run), steps: run.newest, totalSteps, stepsPerSecond,
    secondsLeft: totalSteps === null || stepsPerSecond === null ? null : Math.max(0, totalSteps - run.newest) / stepsPerSecond,
    loss: toJsonNumber(run.losses.last(reader)), diverged: run.losses.diverged(reader, status),
    overheadPct: finite(reader.lastEvent('end')?.overheadPct),
    backend: reader.lastEvent('backend')?.backend ?? null,
    sing: reader.sing,
    switches: reader.events('sing').filter(({step}) => step > 0).map(({step, settings}) => ({step, sing: settings})),
    parameters: parametersOf(reader),
    findings: findingsOf(reader),
    notices: runNotices(reader, status),
    metrics: metricsOf(reader),
  };
}

function parametersOf(reader: RunReader): PanelParameter[] {
  return reader.parameters.map(({name, layer, layerClass, shape, kind, site}, index) => ({index, name, layer, layerClass, shape, kind, site}));
}

function findingsOf(reader: RunReader): PanelFinding[] {
  return reader.findings.map((finding) => ({...finding, value: json(finding.value), baseline: toJsonNumber(finding.baseline)}));
}

function metricsOf(reader: RunReader): PanelRun['metrics'] {
  return reader.metrics.names.map((name) => {
    const series = reader.metrics.get(name);
    const source = series && series.whole.length > 0 ? series.whole : series?.batches;
    return {name, value: json(source?.column('value').at(-1) ?? NaN)};
  });
}

function errorOf({reader, status}: FollowedRun): string | null {
  if (status !== 'failed' && status !== 'crashed') return null;
  const {exit} = reader;
  const error = reader.lastEvent('end')?.error;
  if (error) return error;
  if (exit?.signal) return l10n.t('It was ended by {0}.', exit.signal);
  if (exit?.exitCode) return l10n.t('It ended with exit code {0}; its log says more.', exit.exitCode);
  return l10n.t('Its process is gone and left no word; its log may say more.');
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

function json(value: number): JsonNumber {
  return toJsonNumber(value) ?? 'NaN';
}
