import * as nodeModule from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {WorkerOptions} from '../protocol/workerOptions';
import type {Attempt} from './attempt';
import {RuntimeLadder, standInDir, type LadderEvents} from './runtimeLadder';
import {TFJS_PACKAGE, moduleInternals, scanExports, type ExportHandlers} from './tfjsModules';

const WITHIN_TFJS = /[\\/]@tensorflow[\\/]/;

/** Puts the ladder and the search for tfjs's classes into Node's module loader. */
export function hookModules(options: WorkerOptions, handlers: ExportHandlers, events: LadderEvents, attempt: Attempt): RuntimeLadder {
  const original = moduleInternals._load;
  const load: typeof original = (request, parent, isMain) => {
    const exports = original.call(moduleInternals, request, parent, isMain);
    if (TFJS_PACKAGE.test(request) || request.includes('tfjs')) attempt(() => { scanExports(exports, handlers); });
    return exports;
  };
  /** What the script itself has asked for. */
  const loaded = new Set<string>();
  const ladder = new RuntimeLadder(options, events, load);
  moduleInternals._load = function _load(request, parent, isMain) {
    const own = !WITHIN_TFJS.test(parent?.filename ?? '');
    const answer = ladder.answer(request, parent, isMain);
    const exports = answer === undefined ? load(request, parent, isMain) : answer.exports;
    if (answer === undefined && own && isPlainTfjs(request)) ladder.afterPlain(request, parent);
    if (own && (answer !== undefined || isPlainTfjs(request)) && !loaded.has(request)) {
      loaded.add(request);
      attempt(() => { handlers.loaded(loaded.size); });
    }
    return exports;
  };
  return ladder;
}

/** For ES modules that import a tfjs-node that is not installed. Main thread only: threads inherit it. */
export function hookResolution(packageRoot: string): void {
  const standIns = pathToFileURL(standInDir(packageRoot)).href;
  try {
    nodeModule.register(pathToFileURL(join(packageRoot, 'dist', 'resolveHook.mjs')).href, {data: {standIns}});
  } catch {
    // Node loads no ES module from a path with a backslash: only a missing package's stand-in is lost.
  }
}

function isPlainTfjs(request: string): boolean {
  return /(?:^|[\\/])@tensorflow[\\/]tfjs(?:-core)?(?:[\\/]dist[\\/][\w.-]+)?$/.test(request);
}
