import {copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import * as v from 'valibot';
import {digestOfOpsSource} from './compilation';
import {sha256Of} from './download';
import {TENSORFLOW_VERSION, TFJS_VERSION, partsOf} from './paths';
import {glibcMinor} from './platformCheck';

const BINDING = 'tfjs_binding.node';
const OPS = 'singscope_ops.node';

/** `manifest.json` beside the prebuilt files, as scripts/prebuild.mjs writes it. */
const prebuiltManifestSchema = v.object({
  tensorflow: v.string(),
  tfjs: v.string(),
  /** Minor version of glibc that both files need at least: 34 for 2.34. */
  glibc: v.number(),
  /** Version of Node-API that they need at least. */
  napi: v.number(),
  /** First line of what the compiler says of itself. */
  compiler: v.string(),
  /** Digest of the sources of the ops. */
  opsSource: v.string(),
  sha256: v.object({[BINDING]: v.string(), [OPS]: v.string()}),
});

/** Native part of a runtime that came with the package. */
export interface Prebuilt {
  dir: string;
  compiler: string;
}

/** The prebuilt part of the package; `problem` says why it does not fit here, and is null where there is none at all. */
export type PrebuiltFound = {prebuilt: Prebuilt; problem: null} | {prebuilt: null; problem: string | null};

/** Looks for `<packageRoot>/prebuilt/linux-x64` and whether it fits this machine and these sources. Whether it loads is seen once it is in place. */
export async function findPrebuilt(packageRoot: string): Promise<PrebuiltFound> {
  const dir = join(packageRoot, 'prebuilt', 'linux-x64');
  if (!existsSync(join(dir, 'manifest.json'))) return {prebuilt: null, problem: null};
  const problem = (text: string): PrebuiltFound => ({prebuilt: null, problem: text});
  try {
    const manifest = v.parse(prebuiltManifestSchema, JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')));
    if (manifest.tensorflow !== TENSORFLOW_VERSION || manifest.tfjs !== TFJS_VERSION) return problem(`it is for TensorFlow ${manifest.tensorflow} and tfjs ${manifest.tfjs}`);
    if (manifest.glibc > (glibcMinor() ?? 0)) return problem(`it needs glibc 2.${manifest.glibc}, and this is 2.${glibcMinor() ?? 0}`);
    if (manifest.napi > Number(process.versions.napi)) return problem(`it needs Node-API ${manifest.napi}`);
    if (manifest.opsSource !== digestOfOpsSource(packageRoot)) return problem('it was built from other sources');
    for (const name of [BINDING, OPS] as const) {
      if (await sha256Of(join(dir, name)) !== manifest.sha256[name]) return problem(`${name} is not what its manifest says`);
    }
    return {prebuilt: {dir, compiler: manifest.compiler}, problem: null};
  } catch (error) {
    return problem(error instanceof v.ValiError ? 'its manifest.json is damaged' : `it can't be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** Puts the prebuilt files into a runtime; `only` the ops where the binding is there. */
export function placePrebuilt({dir}: Prebuilt, target: string, only: 'all' | 'ops'): void {
  const {binding, ops} = partsOf(target);
  mkdirSync(dirname(ops), {recursive: true});
  if (only === 'all') copyFileSync(join(dir, BINDING), binding);
  // A training that has the old library loaded keeps it: written over, it would take the process with it.
  const temporary = `${ops}.${process.pid}.tmp`;
  try {
    copyFileSync(join(dir, OPS), temporary);
    renameSync(temporary, ops);
  } finally {
    rmSync(temporary, {force: true});
  }
}
