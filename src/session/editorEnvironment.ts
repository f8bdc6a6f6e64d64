import {delimiter, dirname} from 'node:path';

/** Variables by which an editor built on Electron, its debugger and its package format steer their own processes. */
const OWN = /^(?:VSCODE_|ELECTRON_|SNAP(?:_|$))/;
/** What the editor's debugger adds to NODE_OPTIONS: a file of its own that is loaded first. */
const DEBUGGER = /\s*(?:--require|-r)[ =](?:"[^"]*(?:bootloader|js-debug)[^"]*"|\S*(?:bootloader|js-debug)\S*)/g;

/**
 * The environment of an editor's process as a terminal would have it: without what the editor has
 * put there for itself, which would turn a program into another or attach a debugger.
 */
export function editorEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.test(name)));
  const options = clean.NODE_OPTIONS?.replaceAll(DEBUGGER, '').trim();
  if (options) clean.NODE_OPTIONS = options;
  else delete clean.NODE_OPTIONS;
  return clean;
}

/** A Node that is not on PATH comes first there: what the script itself starts as `node` is the same one. */
export function withNodeOnPath(env: NodeJS.ProcessEnv, node: string): NodeJS.ProcessEnv {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (env[name] ?? '').split(delimiter).filter(Boolean);
  const own = dirname(node);
  return folders.includes(own) ? env : {...env, [name]: [own, ...folders].join(delimiter)};
}
