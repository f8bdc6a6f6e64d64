import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** A quiet window: nothing that asks, downloads or moves. */
const QUIET = {
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.empty.hint': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'chat.disableAIFeatures': true,
  'window.confirmBeforeClose': 'never',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'typescript.disableAutomaticTypeAcquisition': true,
  'js/ts.suggestionActions.enabled': false,
  'npm.autoDetect': 'off',
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
};

/** Writes the user's settings, as the window that opens next finds them. */
export function writeSettings(path: string, further: Record<string, unknown>): void {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, JSON.stringify({...QUIET, ...further}, null, 2));
}
