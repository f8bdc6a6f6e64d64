import type {CallSite} from '../../protocol/callSite';
import type {Finding, Rule} from '../../protocol/finding';
import type {ReportArmView} from './reportView';
import {numberText} from './numberText';

/** The same finding in several runs, told once. */
export interface FindingGroup {
  rule: Rule;
  severity: Finding['severity'];
  layer: string | null;
  parameter: string | null;
  site: CallSite | null;
  cwd: string;
  created: number;
  /** Message of its first finding. */
  message: string;
  /** Arms that had it, each with how many of its runs. */
  arms: {label: string; runs: number; ofRuns: number}[];
  firstStep: number;
  /** Value and usual value of its first finding. */
  value: number;
  baseline: number | null;
}

/** Heading of each rule in plain words, true for every finding of it; what happened and what helps, the finding's message says. */
export const ruleTitles: Record<Rule, string> = {
  'non-finite': 'Values stopped being numbers',
  exploding: 'Values out of bounds',
  vanishing: 'Gradients faded away',
  spike: 'A spike',
  leak: 'Tensors are not freed',
  memory: 'Memory grows',
};

/** Findings of all runs, errors first; the same rule at the same place, equally severe, is one group. */
export function groupFindings(arms: readonly ReportArmView[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const arm of arms) {
    for (const {reader} of arm.runs) {
      const inThisRun = new Set<FindingGroup>();
      for (const finding of reader.findings) {
        const {rule, severity, layer, parameter, site} = finding;
        const key = JSON.stringify([rule, severity, layer, site?.file, site?.line, layer === null ? parameter : null]);
        let group = groups.get(key);
        if (!group) {
          group = {
            rule, severity, layer, parameter, site, message: finding.message, arms: [],
            cwd: reader.launch.cwd, created: reader.launch.created, firstStep: finding.onsetStep, value: finding.value, baseline: finding.baseline,
          };
          groups.set(key, group);
        }
        group.firstStep = Math.min(group.firstStep, finding.onsetStep);
        if (!inThisRun.has(group)) countRun(group, arm);
        inThisRun.add(group);
      }
    }
  }
  const weight = ({severity}: FindingGroup): number => (severity === 'error' ? 0 : 1);
  return [...groups.values()].sort((a, b) => weight(a) - weight(b) || a.firstStep - b.firstStep);
}

function countRun(group: FindingGroup, {label, runs}: ReportArmView): void {
  const held = group.arms.find((arm) => arm.label === label);
  if (held) held.runs++;
  else group.arms.push({label, runs: 1, ofRuns: runs.length});
}

/** Value and usual value of a finding: `value 41, usually 0.3`. */
export function evidenceText({value, baseline}: Pick<Finding, 'value' | 'baseline'>): string {
  if (baseline === null || baseline === 0 || !Number.isFinite(baseline) || !Number.isFinite(value)) return `value ${numberText(value)}`;
  return `value ${numberText(value)}, usually ${numberText(baseline)}`;
}
