import {normalizeProject} from './wheelName';

/** A dependency as a wheel's metadata states it: every condition must hold. */
export interface Requirement {
  project: string;
  conditions: {operator: string; version: string}[];
}

/**
 * The requirements that an extra of a package adds.
 * @param metadata text of METADATA (core metadata, PEP 566)
 */
export function requirementsOfExtra(metadata: string, extra: string): Requirement[] {
  const marker = new RegExp(`extra\\s*==\\s*["']${extra}["']`);
  return metadata.split(/\r?\n/).flatMap((line) => {
    const match = /^Requires-Dist:\s*([A-Za-z0-9._-]+)\s*\(?([^;)]*)\)?\s*;(.*)$/.exec(line);
    if (!match || !marker.test(match[3] as string)) return [];
    return {project: normalizeProject(match[1] as string), conditions: parseConditions(match[2] as string)};
  });
}

function parseConditions(text: string): Requirement['conditions'] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*(==|!=|<=|>=|<|>|~=)\s*([^\s]+)\s*$/.exec(part);
    return match ? [{operator: match[1] as string, version: match[2] as string}] : [];
  });
}

/** Whether a version (release numbers only: no pre-release is ever wanted) meets all conditions. */
export function meets(version: string, conditions: Requirement['conditions']): boolean {
  if (!/^\d+(\.\d+)*(\.post\d+)?$/.test(version)) return false;
  return conditions.every(({operator, version: bound}) => {
    if (operator === '==' && bound.endsWith('.*')) return `${version}.`.startsWith(bound.slice(0, -1));
    const order = compareVersions(version, bound);
    switch (operator) {
      case '==': return order === 0;
      case '!=': return order !== 0;
      case '<': return order < 0;
      case '<=': return order <= 0;
      case '>': return order > 0;
      case '>=': return order >= 0;
      default: {
        const prefix = bound.split('.').slice(0, -1).join('.');
        return order >= 0 && `${version}.`.startsWith(`${prefix}.`);
      }
    }
  });
}

/** Negative when `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part.replace('post', ''), 10));
  const right = b.split('.').map((part) => Number.parseInt(part.replace('post', ''), 10));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
