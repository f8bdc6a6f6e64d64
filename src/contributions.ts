/**
 * Every command, view, setting and context key that package.json contributes, by name; a test
 * holds the two against each other.
 */
export const commands = {
  run: 'singscope.run',
  runWithSing: 'singscope.runWithSing',
  compare: 'singscope.compare',
  stop: 'singscope.stop',
  rerun: 'singscope.rerun',
  toggleSing: 'singscope.toggleSing',
  openPanel: 'singscope.openPanel',
  openReport: 'singscope.openReport',
  openLog: 'singscope.openLog',
  compareRuns: 'singscope.compareRuns',
  revealRun: 'singscope.revealRun',
  deleteRun: 'singscope.deleteRun',
  refreshRuns: 'singscope.refreshRuns',
  showMoreRuns: 'singscope.showMoreRuns',
  copyFinding: 'singscope.copyFinding',
  goToLayer: 'singscope.goToLayer',
  installRuntime: 'singscope.installRuntime',
  doctor: 'singscope.doctor',
  openExample: 'singscope.openExample',
  openWalkthrough: 'singscope.openWalkthrough',
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

/** Arguments of commands that are given from lenses, code actions, trees and the panel; without them they ask. */
export interface ScriptArgument {
  /** URI of the training script. */
  uri: string;
}
export interface RunArgument {
  store: string;
  run: string;
  /** Parameter to select. */
  parameter?: string;
  /** Step to put the cursor on. */
  step?: number;
}
/** `run`, if one is named, is offered again once the runtime is there. */
export interface InstallArgument extends Partial<RunArgument> {
  gpu?: boolean;
}
export interface TrialArgument {
  store: string;
  trial: string;
}
export interface FindingArgument {
  store: string;
  run: string;
  finding: string;
}

export const views = {container: 'singscope', runs: 'singscope.runs', panel: 'singscope.panel', doctor: 'singscope.doctor', report: 'singscope.report'} as const;

export const walkthrough = 'singscope.start';

export const settings = {
  nodePath: 'singscope.nodePath',
  nodeArguments: 'singscope.nodeArguments',
  scriptArguments: 'singscope.scriptArguments',
  cwd: 'singscope.cwd',
  runtime: 'singscope.runtime',
  compareSeeds: 'singscope.compare.seeds',
  maxSteps: 'singscope.maxSteps',
  openPanelOnRun: 'singscope.openPanelOnRun',
  codeLens: 'singscope.inline.codeLens',
  diagnostics: 'singscope.inline.diagnostics',
  hover: 'singscope.inline.hover',
  inlayHints: 'singscope.inline.inlayHints',
  highlight: 'singscope.inline.highlight',
} as const;

/** Keys for `when` clauses. */
export const contextKeys = {
  /** Some run of this workspace goes on. */
  running: 'singscope.running',
  /** The active editor holds a training script. */
  trainingScript: 'singscope.trainingScript',
  /** The workspace has runs. */
  hasRuns: 'singscope.hasRuns',
  /** The stores have been looked at, so that an empty view is known to be empty. */
  loaded: 'singscope.loaded',
  /** A finding's line was shown; ends a step of the walkthrough. */
  findingSeen: 'singscope.findingSeen',
  /** A script of the user's own was run; ends the last step. */
  ownRun: 'singscope.ownRun',
} as const;
