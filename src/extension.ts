import type {ExtensionContext} from 'vscode';
import {Code} from './client/languageClient';
import {DoctorPage} from './panel/doctorPage';
import {Panels} from './panel/panels';
import {openWorkbench} from './ui/workbench';

/** Puts the rooms together; each disposes of itself. */
export function activate(context: ExtensionContext): void {
  const panels = new Panels(context);
  const code = new Code(context);
  const doctor = new DoctorPage(context);
  context.subscriptions.push(panels, code, doctor, openWorkbench(context, {panels, code, showDoctor: () => doctor.show()}));
}
