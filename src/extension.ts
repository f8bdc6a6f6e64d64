import {EventEmitter, type ExtensionContext} from 'vscode';
import {openWorkbench} from './ui/workbench';

/** Puts the rooms together; each disposes of itself. */
export function activate(context: ExtensionContext): void {
  context.subscriptions.push(openWorkbench(context, {
    panels: {open: () => undefined, highlight: () => undefined, onHover: new EventEmitter<never>().event, onReveal: new EventEmitter<never>().event},
    code: {layersAt: () => Promise.resolve(null), lineOf: () => Promise.resolve(null), onFileState: new EventEmitter<never>().event},
    showDoctor: () => undefined,
  }));
}
