import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import {CodeActionKind, type CodeAction, type Diagnostic} from 'vscode-languageserver/node';
import {commands, type FindingArgument, type RunArgument, type ScriptArgument} from '../contributions';
import {diagnosticDataSchema} from './diagnostics';
import {uriOf} from './fileKey';
import type {RunTail} from './runTail';

/** What can be done about the findings that diagnostics show. */
export function codeActionsFor(diagnostics: readonly Diagnostic[], runOf: (store: string, id: string) => RunTail | null, uri: string, isTrusted: boolean): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.source !== 'SINGscope') return [];
    const data = v.safeParse(diagnosticDataSchema, diagnostic.data);
    if (!data.success) return [];
    const {store, run: id, findings: [first]} = data.output;
    const run = runOf(store, id);
    const finding = run?.findings.find((one) => one.id === first);
    if (run === null || finding === undefined) return [];
    const action = (title: string, command: string, argument: RunArgument | FindingArgument | ScriptArgument): CodeAction => ({
      title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command: {title, command, arguments: [argument]},
    });
    const {script} = run.launch;
    const argument: RunArgument = {store, run: id, step: finding.onsetStep, ...(finding.parameter === null ? {} : {parameter: finding.parameter})};
    return [
      action(l10n.t('Open in the SINGscope panel'), commands.openPanel, argument),
      ...(isTrusted ? [action(l10n.t('Compare SING off and on'), commands.compare, {uri: script === null ? uri : uriOf(script)})] : []),
      action(l10n.t('Copy the finding as text'), commands.copyFinding, {store, run: id, finding: finding.id}),
    ];
  });
}
