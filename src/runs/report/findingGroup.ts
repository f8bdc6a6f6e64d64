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

/** What each rule means, for somebody who does not train networks. */
export const ruleWords: Record<Rule, {title: string; meaning: string}> = {
  'non-finite': {title: 'Gradients stopped being numbers', meaning: 'They became NaN or infinite. From there on the weights are ruined and training can’t recover.'},
  exploding: {title: 'Gradients grew out of bounds', meaning: 'The corrections to the weights became very large; training that goes on so destroys what was learned.'},
  vanishing: {title: 'Gradients faded away', meaning: 'The corrections to the weights are too small to learn anything from.'},
  spike: {title: 'A sudden jump', meaning: 'One or a few steps corrected the weights far more strongly than the steps around them.'},
  leak: {title: 'Memory is not given back', meaning: 'Each step leaves tensors behind. A longer run will use up its memory.'},
};

/** Findings of all runs, errors first; the same rule at the same place is one group. */
export function groupFindings(arms: readonly ReportArmView[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const arm of arms) {
    for (const {reader} of arm.runs) {
      const inThisRun = new Set<FindingGroup>();
      for (const finding of reader.findings) {
        const {rule, layer, parameter, site} = finding;
        const key = JSON.stringify([rule, layer, site?.file, site?.line, layer === null ? parameter : null]);
        let group = groups.get(key);
        if (!group) {
          group = {
            rule, layer, parameter, site, severity: finding.severity, message: finding.message, arms: [],
            cwd: reader.launch.cwd, created: reader.launch.created, firstStep: finding.onsetStep, value: finding.value, baseline: finding.baseline,
          };
          groups.set(key, group);
        }
        if (finding.severity === 'error') group.severity = 'error';
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
  if (baseline === null || !Number.isFinite(value) || !(baseline > 0)) return `value ${numberText(value)}`;
  return `value ${numberText(value)}, usually ${numberText(baseline)}`;
}
