import {createHash} from 'node:crypto';
import {createWriteStream, mkdirSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import yauzl from 'yauzl';
import {messageOf} from '../platform/failure';
import {RuntimeError} from './runtimeError';

/** A file in a wheel. */
export interface WheelMember {
  name: string;
  size: number;
}

/** A wheel (a zip) that is open for reading. Its RECORD tells whether a member is whole. */
export class WheelArchive {
  private records = new Map<string, string>();

  private constructor(
    private readonly path: string,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  /** @throws RuntimeError when the file is no whole wheel */
  static async open(path: string): Promise<WheelArchive> {
    try {
      const zip = await yauzl.openPromise(path, {autoClose: false});
      try {
        const entries = new Map<string, yauzl.Entry>();
        for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
        const archive = new WheelArchive(path, zip, entries);
        archive.records = parseRecord(await archive.metadata('RECORD'));
        return archive;
      } catch (error) {
        zip.close();
        throw error;
      }
    } catch (error) {
      throw damaged(path, error);
    }
  }

  get members(): WheelMember[] {
    return [...this.entries.values()].map((entry) => ({name: entry.fileName, size: entry.uncompressedSize}));
  }

  /** Text of a file of the wheel's .dist-info folder. */
  async metadata(name: string): Promise<string> {
    const entry = [...this.entries.values()].find(({fileName}) => /^[^/]+\.dist-info\/[^/]+$/.test(fileName) && basename(fileName) === name);
    if (!entry) throw new Error(`it has no ${name}`);
    const parts: Buffer[] = [];
    for await (const part of await this.zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  }

  /**
   * Writes a member to a file.
   * @throws RuntimeError when the member isn't what the wheel's RECORD says, or can't be written
   */
  async extract(name: string, target: string, onBytes: (count: number) => void, signal?: AbortSignal): Promise<void> {
    const entry = this.entries.get(name);
    const expected = this.records.get(name);
    if (!entry || expected === undefined) throw damaged(this.path, new Error(`${name} is not in it`));
    const hash = createHash('sha256');
    const watch = new Transform({
      transform(part: Buffer, _encoding, done) {
        hash.update(part);
        onBytes(part.length);
        done(null, part);
      },
    });
    mkdirSync(dirname(target), {recursive: true});
    try {
      await pipeline(await this.zip.openReadStreamPromise(entry), watch, createWriteStream(target, {mode: modeOf(entry)}), {...(signal && {signal})});
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).syscall !== undefined) {
        throw new RuntimeError(`${target} can't be written (${messageOf(error)}): make room there, or choose another folder with --dir.`);
      }
      throw damaged(this.path, error);
    }
    if (hash.digest('base64url') !== expected) throw damaged(this.path, new Error(`${name} is not what its RECORD says`));
  }

  close(): void {
    this.zip.close();
  }
}

/** Programs stay programs. */
function modeOf(entry: yauzl.Entry): number {
  return ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o644 : 0o755;
}

function damaged(path: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  return new RuntimeError(`${path} is damaged or not a wheel (${messageOf(error)}): delete it and fetch it again.`);
}

/** Digests by name, as RECORD writes them (base64url without padding). Names may be quoted as CSV. */
function parseRecord(text: string): Map<string, string> {
  return new Map(text.split(/\r?\n/).flatMap((line) => {
    const match = /^(?:"((?:[^"]|"")+)"|([^",]+)),sha256=([^,]+),/.exec(line);
    return match ? [[(match[1]?.replaceAll('""', '"') ?? match[2]) as string, match[3] as string] as const] : [];
  }));
}
