import {cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {generateInlinedScript, getESMLoaderTemplate, LinkType, type PackageStore} from '@yarnpkg/pnp';
import {packageRoot} from './managedRuntime';

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Place = NonNullable<ReturnType<PackageStore['get']>>['packageLocation'];

const installed = (name: string): string => join(packageRoot, 'node_modules', name);
const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8')) as Manifest;
const needsOf = (name: string): string[] => Object.keys({...manifestOf(name).dependencies, ...manifestOf(name).peerDependencies}).filter((needed) => existsSync(installed(needed)));

/** Of tfjs only what Node loads: the rest are hundreds of megabytes. */
function isLoaded(path: string): boolean {
  return !path.includes('@tensorflow') || !/\.[a-z]+$/.test(path) || /(package\.json|\.node\.js|\.node)$/.test(path);
}

function copyPackage(name: string, to: string): void {
  cpSync(installed(name), to, {recursive: true, filter: (from) => !from.endsWith('/node_modules') && isLoaded(from)});
}

/** Puts a package and all that it needs beside each other, as npm and yarn do, as copies. */
export function flatLayout(folder: string, name: string): void {
  const to = join(folder, 'node_modules', name);
  if (existsSync(to)) return;
  copyPackage(name, to);
  for (const needed of needsOf(name)) flatLayout(folder, needed);
}

/** Puts a package into a store of its own version with links to just what it needs, as pnpm does, and a link to it into the folder. */
export function pnpmLayout(folder: string, name: string): void {
  link(join(folder, 'node_modules', name), stored(folder, name));
}

function stored(folder: string, name: string): string {
  const home = join(folder, 'node_modules/.pnpm', `${name.replace('/', '+')}@${manifestOf(name).version}`, 'node_modules');
  const to = join(home, name);
  if (existsSync(to)) return to;
  copyPackage(name, to);
  // What a package needs and does not say is found here: pnpm's hoist.
  link(join(folder, 'node_modules/.pnpm/node_modules', name), to);
  for (const needed of needsOf(name)) link(join(home, needed), stored(folder, needed));
  return to;
}

/** Puts packages where Node finds none of them, with the hooks of Yarn's Plug'n'Play, which tell each file the packages it has declared. */
export function plugAndPlayLayout(folder: string, names: readonly string[]): void {
  const registry = new Map<string | null, PackageStore>();
  const add = (name: string): void => {
    if (registry.has(name)) return;
    const place = `./.yarn/${name.replace('/', '-')}/node_modules/${name}/` as Place;
    copyPackage(name, join(folder, place));
    registry.set(name, entry(manifestOf(name).version, place, [name, ...needsOf(name), ...(undeclared[name] ?? [])]));
    [...needsOf(name), ...(undeclared[name] ?? [])].forEach(add);
  };
  const entry = (reference: string | null, packageLocation: Place, needs: readonly string[]): PackageStore => new Map([[reference, {
    packageLocation, packageDependencies: new Map(needs.map((needed) => [needed, manifestOf(needed).version])), packagePeers: new Set<string>(), linkType: LinkType.HARD, discardFromLookup: false,
  }]]);
  names.forEach(add);
  const root = {name: 'root', reference: 'workspace:.'};
  for (const [name, reference] of [[null, null], [root.name, root.reference]] as const) registry.set(name, entry(reference, './' as Place, names));
  writeFileSync(join(folder, '.pnp.cjs'), generateInlinedScript({packageRegistry: registry, dependencyTreeRoots: [root], enableTopLevelFallback: false, pnpZipBackend: 'libzip'}));
  writeFileSync(join(folder, '.pnp.loader.mjs'), getESMLoaderTemplate());
}

/** What tfjs needs and does not say: its users tell Yarn by `packageExtensions`. */
const undeclared: Record<string, string[]> = {'@tensorflow/tfjs': ['long', 'seedrandom']};

function link(path: string, target: string): void {
  mkdirSync(dirname(path), {recursive: true});
  if (!existsSync(path)) symlinkSync(relative(dirname(path), target), path);
}
