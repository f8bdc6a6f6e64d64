import * as l10n from '@vscode/l10n';
import type {CallSite} from '../protocol/callSite';
import type {Finding, Rule} from '../protocol/finding';
import {fileKey} from './fileKey';
import type {RunTail} from './runTail';

/** Findings of one rule at one line: the layers of a loop are one group. */
export interface FindingGroup {
  rule: Rule;
  severity: Finding['severity'];
  /** Where it is shown, as recorded: the layer's construction, or the training call for what concerns the whole run. */
  site: CallSite;
  isOfRun: boolean;
  /** Earliest onset first; never empty. */
  findings: [Finding, ...Finding[]];
  /** Layers to blame as they are called, each once. */
  layers: string[];
}

/** Findings of a run by the file that they are shown in, and those that no line is known for. */
export interface GroupedFindings {
  byFile: Map<string, FindingGroup[]>;
  unplaced: Finding[];
}

export function groupFindings(run: RunTail): GroupedFindings {
  const groups = new Map<string, FindingGroup>();
  const grouped: GroupedFindings = {byFile: new Map(), unplaced: []};
  for (const finding of run.findings) {
    const site = finding.site ?? trainingSite(run, finding);
    if (site === null) {
      grouped.unplaced.push(finding);
      continue;
    }
    const file = fileKey(site.file);
    const key = JSON.stringify([file, site.line, finding.rule]);
    const held = groups.get(key);
    if (held !== undefined) {
      add(held, finding, run);
      continue;
    }
    const group: FindingGroup = {rule: finding.rule, severity: finding.severity, site, isOfRun: finding.site === null, findings: [finding], layers: layersOf([finding], run)};
    groups.set(key, group);
    const ofFile = grouped.byFile.get(file);
    if (ofFile === undefined) grouped.byFile.set(file, [group]);
    else ofFile.push(group);
  }
  return grouped;
}

function trainingSite(run: RunTail, finding: Finding): CallSite | null {
  const site = run.trainingAt(finding.onsetStep);
  if (site !== null) return site;
  // Runs of older versions don't tell their training calls.
  const {script} = run.launch;
  return script === null ? null : run.recorded(script)?.firstTraining(script) ?? null;
}

function add(group: FindingGroup, finding: Finding, run: RunTail): void {
  group.findings.push(finding);
  group.findings.sort((a, b) => a.onsetStep - b.onsetStep || a.step - b.step);
  group.layers = layersOf(group.findings, run);
  if (finding.severity === 'error') group.severity = 'error';
}

function layersOf(findings: readonly Finding[], run: RunTail): string[] {
  return [...new Set(findings.flatMap((finding) => layerName(finding, run) ?? []))];
}

/** A layer by its name; a variable that no layer owns says that it is one: tfjs names it by a number. */
export function layerName({layer, parameter}: Finding, run: RunTail): string | null {
  if (layer === null) return null;
  for (const {name, layerClass} of run.parameters.values()) if (name === parameter && layerClass === null) return l10n.t('variable {0}', layer);
  return layer;
}
