import {commands} from 'vscode';
import type {contextKeys} from '../contributions';

/** Sets a key for `when` clauses. */
export function setContext(key: (typeof contextKeys)[keyof typeof contextKeys], value: boolean): Thenable<unknown> {
  return commands.executeCommand('setContext', key, value);
}
