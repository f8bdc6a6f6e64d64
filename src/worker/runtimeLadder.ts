import {readFileSync} from 'node:fs';
import {basename, join, resolve, sep} from 'node:path';
import type {WorkerOptions} from '../protocol/workerOptions';
import {moduleInternals, parentAt} from './tfjsModules';

type Managed = NonNullable<WorkerOptions['managed']>;
type Parent = Parameters<typeof moduleInternals._load>[1];

const NODE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const NODE_PACKAGE = /[\\/]@tensorflow[\\/](tfjs-node(?:-gpu)?)[\\/]/;
const PLAIN_PACKAGE = /^@tensorflow\/tfjs(-core|-layers|-data|-converter|-backend-cpu)?$/;
const BINDING_FINDER = '@mapbox/node-pre-gyp';
const INSTALL = 'Run `singscope runtime install` for a TensorFlow that needs no compiler or download of its own.';

/** Where the tfjs that the script got came from. */
export interface LoadedRuntime {
  package: string;
  version: string | null;
  /** The managed runtime's binding is in use. */
  managed: boolean;
}

export interface LadderEvents {
  notice(code: string, message: string): void;
  /** No rung holds: never returns. */
  fail(message: string): never;
}

/**
 * Gives the script a TensorFlow.js that loads: what it imports, else the other of the two node
 * packages, the managed runtime, pure JavaScript; as `--runtime` allows.
 */
export class RuntimeLadder {
  readonly #options: WorkerOptions;
  readonly #events: LadderEvents;
  readonly #load: typeof moduleInternals._load;
  /** While set, tfjs-node's search for its binding is answered with the managed one. */
  #redirect: Managed | null = null;
  /** Module whose tfjs packages the managed runtime is to share. */
  #host: Parent = null;
  #managedTried = false;
  /** What a package that can't load was replaced by, so that it is tried and told once. */
  readonly #chosen = new Map<string, unknown>();
  readonly #embeddedPath: string;
  loaded: LoadedRuntime | null = null;
  /** The script asked for another, and has been told. */
  fellBack = false;

  constructor(options: WorkerOptions, events: LadderEvents, load: typeof moduleInternals._load) {
    this.#options = options;
    this.#events = events;
    this.#load = load;
    this.#embeddedPath = join(options.packageRoot, 'dist', 'embedded.cjs');
  }

  /** Answers a `require` that belongs to the ladder; undefined leaves it to Node. */
  answer(request: string, parent: Parent, isMain: boolean): {exports: unknown} | undefined {
    if (request === BINDING_FINDER && this.#redirect !== null && NODE_PACKAGE.test(parent?.filename ?? '')) {
      const {bindingPath} = this.#redirect;
      return {exports: {find: () => bindingPath}};
    }
    if (this.#isShared(request, parent)) return this.#tryHost(request);
    if (this.#inside) return undefined;
    const missing = standsInFor(request, this.#options.packageRoot);
    const wanted = missing ?? nodePackageOf(request);
    if (wanted !== null) {
      // An import looks into the module that it put into the cache, not at what is returned here.
      const imported = moduleInternals._cache[request];
      if (!this.#chosen.has(wanted)) {
        // An ES module has no parent in the sense of CommonJS: the script's own folder stands in.
        const from = parent ?? parentAt(resolve(process.argv[1] ?? 'script.js'));
        this.#chosen.set(wanted, missing !== null ? this.#missing(wanted, from) : this.#nodePackage(wanted, request, from, isMain));
      }
      const exports = this.#chosen.get(wanted);
      if (imported !== undefined) imported.exports = exports;
      return {exports};
    }
    if (this.#options.runtime === 'embedded' && PLAIN_PACKAGE.test(request)) return {exports: this.#pureJavaScript(parent, true)};
    return undefined;
  }

  /** An ES module imports a package that is not there; the resolve hook has led it here. */
  #missing(wanted: string, parent: Parent): unknown {
    if (this.#options.runtime === 'workspace') this.#events.fail(`--runtime workspace: ${wanted} is not installed here. Install it, or use --runtime auto.`);
    if (this.#options.runtime === 'embedded') return this.#pureJavaScript(parent, true);
    return this.#below(wanted, parent, 'it is not installed');
  }

  /** After the script's own plain tfjs has loaded: `--runtime managed` gives it the managed backend. */
  afterPlain(request: string, parent: Parent): void {
    if (this.loaded === null) this.loaded = {package: packageName(request), version: versionFrom(this.#resolve(request, parent)), managed: false};
    if (this.#options.runtime !== 'managed' || this.#inside || this.#managedTried) return;
    this.#managedTried = true;
    const {managed} = this.#options;
    if (managed === null) this.#events.fail(`--runtime managed: no managed runtime is installed. ${INSTALL}`);
    const error = this.#attempt(() => this.#loadManaged(managed, null, parent));
    if (error instanceof Failure) this.#events.fail(`--runtime managed: the managed runtime can't load (${error.reason}). Run \`singscope doctor\`.`);
  }

  #inside = false;

  #nodePackage(wanted: string, request: string, parent: Parent, isMain: boolean): unknown {
    const {runtime, managed} = this.#options;
    const own = (): unknown => {
      const exports = this.#load(request, parent, isMain);
      this.loaded = {package: wanted, version: versionFrom(this.#resolve(request, parent)), managed: false};
      return exports;
    };
    if (runtime === 'embedded') return this.#pureJavaScript(parent, true);
    if (runtime === 'managed') {
      if (managed === null) this.#events.fail(`--runtime managed: no managed runtime is installed. ${INSTALL}`);
      const result = this.#attempt(() => this.#loadManaged(managed, request, parent));
      if (result instanceof Failure) this.#events.fail(`--runtime managed: the managed runtime can't load (${result.reason}). Run \`singscope doctor\`.`);
      return result.value;
    }
    const result = this.#attempt(own);
    if (!(result instanceof Failure)) return result.value;
    if (runtime === 'workspace') this.#events.fail(`--runtime workspace: ${wanted} can't load here (${result.reason}). Mend it (\`singscope doctor\` says how), or use --runtime auto.`);
    return this.#below(wanted, parent, result.reason);
  }

  /** The rungs below what the script wanted. */
  #below(wanted: string, parent: Parent, reason: string): unknown {
    this.fellBack = true;
    const other = NODE_PACKAGES.find((name) => name !== wanted) ?? wanted;
    if (this.#resolve(other, parent) !== null) {
      const result = this.#attempt(() => this.#load(other, parent, false));
      if (!(result instanceof Failure)) {
        this.loaded = {package: other, version: versionFrom(this.#resolve(other, parent)), managed: false};
        this.#events.notice('fallback-runtime', `${wanted} can't load (${reason}): running on ${other} instead.`);
        return result.value;
      }
    }
    const {managed} = this.#options;
    if (managed !== null) {
      // The JavaScript of the other package is loaded in part already: a second copy would register all kernels again.
      const present = [wanted, other].find((name) => this.#resolve(name, parent) !== null) ?? null;
      const result = this.#attempt(() => this.#loadManaged(managed, present, parent));
      if (!(result instanceof Failure)) {
        this.#events.notice('fallback-runtime', `${wanted} can't load (${reason}): running on the managed runtime, TensorFlow ${managed.tensorflow}, ${managed.device.toUpperCase()}.`);
        return result.value;
      }
      this.#events.notice('managed-runtime-broken', `The managed runtime can't load (${result.reason}). Run \`singscope doctor\`.`);
    }
    const exports = this.#pureJavaScript(parent, false);
    this.#events.notice('fallback-runtime', `${wanted} can't load (${reason}): running on pure JavaScript, which is much slower. ${managed === null ? INSTALL : ''}`.trim());
    return exports;
  }

  #loadManaged(managed: Managed, request: string | null, parent: Parent): unknown {
    const ownDir = request === null ? null : packageDir(this.#resolve(request, parent));
    const managedVersion = versionOf(managed.tfjsNodeDir);
    this.#redirect = managed;
    this.#host = parent;
    // The script's own JavaScript where it is the same version: then there is one copy of tfjs.
    const own = request !== null && ownDir !== null && versionOf(ownDir) === managedVersion;
    const exports = own ? this.#load(request, parent, false) : this.#load(join(managed.tfjsNodeDir, 'dist', 'index.js'), parent, false);
    this.loaded = {package: own && request !== null ? nodePackageOf(request) ?? request : '@tensorflow/tfjs-node-gpu', version: managedVersion, managed: true};
    return exports;
  }

  #pureJavaScript(parent: Parent, embedded: boolean): unknown {
    // Under pnpm the script can't see tfjs itself, but its tfjs-node can.
    for (const from of embedded ? [] : [parent, this.#parentIn(NODE_PACKAGES, parent)]) {
      const path = this.#resolve('@tensorflow/tfjs', from);
      if (path === null) continue;
      const result = this.#attempt(() => this.#load(path, parent, false));
      if (result instanceof Failure) continue;
      this.loaded = {package: '@tensorflow/tfjs', version: versionFrom(path), managed: false};
      return result.value;
    }
    this.loaded = {package: '@tensorflow/tfjs', version: null, managed: false};
    const result = this.#attempt(() => this.#load(this.#embeddedPath, parent, false));
    if (result instanceof Failure) this.#events.fail(`no TensorFlow.js can be loaded (${result.reason}). ${INSTALL}`);
    return result.value;
  }

  /** The first of the packages that `parent` has, to resolve from there. */
  #parentIn(packages: readonly string[], parent: Parent): Parent {
    for (const name of packages) {
      const path = this.#resolve(name, parent);
      if (path !== null) return parentAt(path);
    }
    return null;
  }

  /** A tfjs package that the managed runtime asks for and the script has too. */
  #isShared(request: string, parent: Parent): boolean {
    const managed = this.#redirect;
    if (managed === null || this.#host === null) return false;
    if (!PLAIN_PACKAGE.test(request)) return false;
    return (parent?.filename ?? '').startsWith(managed.dir + sep);
  }

  #tryHost(request: string): {exports: unknown} | undefined {
    // Under pnpm and Yarn's Plug'n'Play the script can't see the parts of tfjs, but its tfjs can.
    const path = this.#resolve(request, this.#host) ?? this.#resolve(request, this.#parentIn(['@tensorflow/tfjs'], this.#host));
    return path === null ? undefined : {exports: this.#load(path, this.#host, false)};
  }

  #attempt<T>(load: () => T): Failure | {value: T} {
    const outer = this.#inside;
    this.#inside = true;
    try {
      return {value: load()};
    } catch (error) {
      return new Failure(error);
    } finally {
      this.#inside = outer;
    }
  }

  #resolve(request: string, parent: Parent): string | null {
    try {
      return moduleInternals._resolveFilename(request, parent);
    } catch {
      return null;
    }
  }
}

/** What tfjs-node says, at length, where npm could not install its binding. */
const NO_BINDING = /native addon module .* can ?not be found/i;

class Failure {
  /** First line that says something. */
  readonly reason: string;

  constructor(error: unknown) {
    const message = error instanceof Error ? error.message : String(error);
    if (NO_BINDING.test(message)) {
      this.reason = 'its native binding is not built';
      return;
    }
    this.reason = (message.split('\n').find((line) => line.trim() !== '') ?? message).trim().replace(/\.$/, '').slice(0, 200);
  }
}

/** What the resolve hook gives for a package that is not there. */
export function standInDir(packageRoot: string): string {
  return join(packageRoot, 'dist', 'standIn');
}

function standsInFor(request: string, packageRoot: string): string | null {
  return NODE_PACKAGES.find((name) => request === join(standInDir(packageRoot), `${basename(name)}.cjs`)) ?? null;
}

/** tfjs-node or tfjs-node-gpu, by name, by the path of its folder or by that of its entry (as an ES module import resolves it). */
function nodePackageOf(request: string): string | null {
  if ((NODE_PACKAGES as readonly string[]).includes(request)) return request;
  const match = /[\\/]@tensorflow[\\/](tfjs-node(?:-gpu)?)(?:[\\/](?:dist(?:[\\/](?:index(?:\.js)?)?)?)?)?$/.exec(request);
  return match?.[1] === undefined ? null : `@tensorflow/${match[1]}`;
}

/** Name of the tfjs package that a request by name or path means. */
function packageName(request: string): string {
  return /^.*[\\/](@tensorflow)[\\/](tfjs[a-z-]*)[\\/]/.exec(request)?.slice(1).join('/') ?? request;
}

function packageDir(path: string | null): string | null {
  const match = path === null ? null : /^(.*[\\/]@tensorflow[\\/]tfjs[a-z-]*)[\\/]/.exec(path);
  return match?.[1] ?? null;
}

export function versionFrom(path: string | null): string | null {
  const dir = packageDir(path);
  return dir === null ? null : versionOf(dir);
}

function versionOf(dir: string): string | null {
  try {
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {version?: string};
    return manifest.version ?? null;
  } catch {
    return null;
  }
}
