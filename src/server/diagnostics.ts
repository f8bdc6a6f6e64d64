import * as l10n from '@vscode/l10n';
import {DiagnosticSeverity, DiagnosticTag, type Diagnostic, type Range} from 'vscode-languageserver/node';
import * as v from 'valibot';
import type {FileReport, LocatedGroup} from './fileReport';
import {findingText, groupText} from './findingWords';
import {layerName} from './findingGroups';
import type {RunTail} from './runTail';

const MOST_RELATED = 5;

/** What a diagnostic carries for the code actions. */
export const diagnosticDataSchema = v.object({store: v.string(), run: v.string(), findings: v.array(v.string())});
export type DiagnosticData = v.InferOutput<typeof diagnosticDataSchema>;

/** One diagnostic for each rule and line that has one. */
export function diagnosticsOf(report: FileReport, uri: string): Diagnostic[] {
  const {speaker} = report.runs;
  if (speaker === null) return [];
  return report.groups.flatMap((located) => {
    const {location} = located;
    return 'range' in location ? [diagnosticOf(located, location.range, location.kind === 'stale', speaker, uri)] : [];
  });
}

function diagnosticOf({group}: LocatedGroup, range: Range, isStale: boolean, run: RunTail, uri: string): Diagnostic {
  const data: DiagnosticData = {store: run.store, run: run.id, findings: group.findings.map(({id}) => id)};
  const text = groupText(group);
  return {
    range, source: 'SINGscope', code: group.rule, data,
    severity: isStale ? DiagnosticSeverity.Information : group.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    message: isStale ? l10n.t('{0} This line was changed since that run: run again to see whether it helped.', text) : text,
    ...(isStale ? {tags: [DiagnosticTag.Unnecessary]} : {}),
    ...relatedOf(group.findings, run, range, uri),
  };
}

/** The other findings of a group, the first few by name. */
function relatedOf(findings: LocatedGroup['group']['findings'], run: RunTail, range: Range, uri: string): Pick<Diagnostic, 'relatedInformation'> {
  if (findings.length === 1) return {};
  const others = findings.slice(1, 1 + MOST_RELATED).map((finding) => findingText(finding, layerName(finding, run)));
  const more = findings.length - 1 - others.length;
  if (more > 0) others.push(l10n.t('and {0} more', more));
  return {relatedInformation: others.map((message) => ({message, location: {uri, range}}))};
}
