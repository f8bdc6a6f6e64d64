import type {ExtensionContext} from 'vscode';
import {openWorkbench} from './ui/workbench';

/** Puts the rooms together; each disposes of itself. */
export function activate(context: ExtensionContext): void {
  context.subscriptions.push(openWorkbench(context, {
    panels: {open: () => undefined},
    sites: () => Promise.resolve(null),
    showDoctor: () => undefined,
  }));
}
