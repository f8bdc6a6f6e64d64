import {rules, type Finding} from '../protocol/finding';

/** Worst first, as the panel's head says it: errors before warnings, what diverged before what only jumped, the earliest before later ones. */
export function worstFirst<F extends Pick<Finding, 'rule' | 'severity' | 'onsetStep'>>(findings: readonly F[]): F[] {
  const gravity = ({severity, rule}: F): number => (severity === 'error' ? 0 : rules.length) + rules.indexOf(rule);
  return [...findings].sort((a, b) => gravity(a) - gravity(b) || a.onsetStep - b.onsetStep);
}
