import Module from 'node:module';
import {dirname} from 'node:path';
import {watchedOptimizer} from './optimizerHook';

/** The loader's internals that a preload can patch; stable since Node 0.x, used by every instrumentation. */
export interface ModuleInternals {
  _load(request: string, parent: {filename?: string | null; paths?: string[]} | null | undefined, isMain: boolean): unknown;
  _cache: Record<string, {exports: unknown} | undefined>;
  _resolveFilename(request: string, parent: unknown): string;
}

/** A stand-in for a module at that path, to resolve requests from. */
export function parentAt(path: string): Parameters<ModuleInternals['_load']>[1] {
  const parent = new Module(path);
  parent.filename = path;
  parent.paths = (Module as unknown as {_nodeModulePaths(dir: string): string[]})._nodeModulePaths(dirname(path));
  return parent;
}

export const moduleInternals = Module as unknown as ModuleInternals;

export const TFJS_PACKAGE = /^@tensorflow\/tfjs(?:-[a-z-]+)?$/;

export interface ExportHandlers {
  /** Every class that a tfjs package exports. */
  prototype(prototype: object): void;
  optimizer(prototype: object): void;
  /** The script has loaded a tfjs package, its `count`th. */
  loaded(count: number): void;
  /** A further copy of tfjs-core has loaded, its `count`th. */
  core(exported: object, count: number): void;
  /** A model is about to be loaded from a file; called in the user's own call. @returns what is to see its layers */
  loading(): (layers: readonly object[]) => void;
}

const scanned = new WeakSet<object>();
let coreCopies = 0;

/** Looks through what a tfjs package exports for the classes to hook, once each. */
export function scanExports(exported: unknown, handlers: ExportHandlers): void {
  if (typeof exported !== 'object' || exported === null || scanned.has(exported)) return;
  scanned.add(exported);
  const names = exported as Record<string, unknown>;
  for (const value of [...Object.values(names), ...Object.values((names['layers'] as object | undefined) ?? {})]) {
    const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
    if (typeof prototype === 'object' && prototype !== null) handlers.prototype(prototype);
  }
  const optimizer = ownFunction(exported, 'Optimizer');
  if (optimizer !== null) {
    const base = (optimizer as {prototype: object}).prototype;
    for (const name of Object.keys(names)) {
      const exportedClass = ownFunction(exported, name) as {prototype?: object} | null;
      const prototype = exportedClass?.prototype;
      if (exportedClass === null || prototype === undefined || (prototype !== base && !Object.prototype.isPrototypeOf.call(base, prototype))) continue;
      const watched = watchedOptimizer(exportedClass, handlers.optimizer);
      names[name] = watched;
      // The class of an optimizer is still the one that tfjs exports.
      Object.defineProperty(prototype, 'constructor', {...Object.getOwnPropertyDescriptor(prototype, 'constructor'), value: watched});
    }
    handlers.core(exported, ++coreCopies);
  }
  const load = ownFunction(exported, 'loadLayersModel');
  if (load !== null) names['loadLayersModel'] = watchedLoad(load as LoadModel, handlers);
}

type LoadModel = (this: unknown, ...args: unknown[]) => Promise<{layers?: object[]}>;

function watchedLoad(load: LoadModel, handlers: ExportHandlers): LoadModel {
  return async function loadLayersModel(...args) {
    const loaded = handlers.loading();
    const model = await load.apply(this, args);
    loaded(model.layers ?? []);
    return model;
  };
}

/** A function that an object holds itself and lets be replaced; re-exports by getter lead to it. */
function ownFunction(object: object, name: string): object | null {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return typeof descriptor?.value === 'function' && descriptor.writable === true ? (descriptor.value as object) : null;
}
