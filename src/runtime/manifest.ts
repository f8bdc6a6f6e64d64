import {readFileSync} from 'node:fs';
import * as v from 'valibot';
import {writeFileAtomic} from '../platform/atomicFile';
import {partsOf} from './paths';

const FORMAT = 1;

const manifestSchema = v.object({
  format: v.literal(FORMAT),
  tensorflow: v.string(),
  device: v.picklist(['cpu', 'gpu']),
  tfjs: v.string(),
  /** First line of what the compiler says of itself. */
  compiler: v.string(),
  /** Digest of the sources that the ops were built from; null where they could not be built or loaded. */
  opsSource: v.nullable(v.string()),
  opsError: v.nullable(v.string()),
  /** SHA-256 by name: the wheels, and the libraries built here by their path in the runtime. */
  sha256: v.record(v.string(), v.string()),
});

/** What a runtime is made of; `runtime.json` in its folder, without which the folder is no runtime. */
export type RuntimeManifest = v.InferOutput<typeof manifestSchema>;

/** The manifest of a runtime, or null where there is none that this version can read. */
export function readManifest(dir: string): RuntimeManifest | null {
  try {
    return v.parse(manifestSchema, JSON.parse(readFileSync(partsOf(dir).manifest, 'utf8')));
  } catch {
    return null;
  }
}

export function writeManifest(dir: string, manifest: Omit<RuntimeManifest, 'format'>): void {
  writeFileAtomic(partsOf(dir).manifest, `${JSON.stringify({format: FORMAT, ...manifest}, null, 2)}\n`);
}
