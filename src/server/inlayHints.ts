import {InlayHintKind, type InlayHint} from 'vscode-languageserver/node';
import type {FileReport} from './fileReport';
import {groupText, hintText} from './findingWords';
import type {SourceDocument} from './sourceDocument';

/** One short fact behind the line of the first error; the rest is left to the diagnostics. */
export function inlayHintsOf(report: FileReport, document: SourceDocument): InlayHint[] {
  const errors = report.groups.filter(({group, location}) => group.severity === 'error' && location.kind === 'fresh');
  const [first] = errors.sort((a, b) => a.group.findings[0].step - b.group.findings[0].step);
  if (first === undefined || first.location.kind !== 'fresh') return [];
  const {line} = first.location.range.start;
  const text = document.lines[line] ?? '';
  return [{
    position: {line, character: text.trimEnd().length}, label: hintText(first.group), kind: InlayHintKind.Type,
    paddingLeft: true, tooltip: groupText(first.group),
  }];
}
