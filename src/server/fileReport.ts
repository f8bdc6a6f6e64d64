import type {Parameter} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {fileKey} from './fileKey';
import type {FileRuns} from './fileRuns';
import {groupFindings, type FindingGroup} from './findingGroups';
import {locateSite, type SiteLocation} from './siteLocation';
import type {SourceDocument} from './sourceDocument';

export interface LocatedGroup {
  group: FindingGroup;
  location: SiteLocation;
}

/** What one file has to show. */
export interface FileReport {
  runs: FileRuns;
  groups: LocatedGroup[];
  /** Findings of the run for which no line of any file is known. */
  unplaced: Finding[];
}

export function reportOn(key: string, document: SourceDocument, runs: FileRuns): FileReport {
  const {speaker} = runs;
  if (speaker === null) return {runs, groups: [], unplaced: []};
  const {byFile, unplaced} = groupFindings(speaker);
  const groups = (byFile.get(key) ?? []).map((group) => ({group, location: locateSite(speaker, group.site, document)}));
  return {runs, groups, unplaced};
}

/** Groups that stand at a line now. */
export function groupsAt(report: FileReport, line: number): LocatedGroup[] {
  return report.groups.filter(({location}) => 'range' in location && location.range.start.line === line);
}

/** Parameters that were made at a line of the present text, or by a call that goes on over it. */
export function parametersAt(key: string, document: SourceDocument, {speaker}: FileRuns, line: number): {parameters: Parameter[]; isStale: boolean} {
  const nothing = {parameters: [], isStale: false};
  if (speaker === null) return nothing;
  const sites = new Map<string, Parameter[]>();
  for (const parameter of speaker.parameters.values()) {
    if (parameter.site === null || fileKey(parameter.site.file) !== key) continue;
    const place = `${parameter.site.line}:${parameter.site.column}`;
    sites.set(place, [...sites.get(place) ?? [], parameter]);
  }
  let within: typeof nothing | {parameters: Parameter[]; isStale: boolean} = nothing;
  const here: Parameter[] = [];
  let isStale = false;
  for (const parameters of sites.values()) {
    const site = parameters[0]?.site ?? null;
    const location = site === null ? null : locateSite(speaker, site, document);
    if (site === null || location === null || !('range' in location)) continue;
    const start = location.range.start.line;
    if (start === line) {
      here.push(...parameters);
      isStale ||= location.kind === 'stale';
    } else if (location.kind === 'fresh' && start < line) {
      const {start: from, end: to} = speaker.recorded(site.file)?.extent(site) ?? {start: {line: 0}, end: {line: 0}};
      if (line <= start + to.line - from.line) within = {parameters, isStale: false};
    }
  }
  return here.length > 0 ? {parameters: here, isStale} : within;
}
