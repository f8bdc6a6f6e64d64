import type {CallSite} from '../protocol/callSite';
import {originalPlace, pathOfUrl} from './sourceMaps';

/** A stack frame as V8 gives it: position in the code that runs, from 1. */
export interface Frame {
  file: string;
  /** What V8 calls the file: an ES module's URL, with its query. */
  url: string;
  line: number;
  column: number;
  name: string;
}

const FRAMES = 40;
/** tfjs by where it is installed, and by the sources that its own source maps name (a bundler chains them). */
const TFJS = /[\\/]@tensorflow[\\/]|[\\/]tfjs-(?:core|layers|data|converter|backend-[a-z]+|node|node-gpu)[\\/]src[\\/]/;
const MODULES = /[\\/]node_modules[\\/]/;

/** Whether a frame is tfjs's own, as it is installed. */
export function isLibraryFrame({file}: Frame): boolean {
  return TFJS.test(file);
}

/** The frames that led here, innermost first; those of Node and of this worker left out. */
export function captureFrames(): Frame[] {
  if (!isWritable('prepareStackTrace') || !isWritable('stackTraceLimit')) return [];
  const {prepareStackTrace, stackTraceLimit} = Error;
  const holder: {stack?: Frame[]} = {};
  try {
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (_error, sites) => sites.flatMap((site) => {
      const file = site.getFileName();
      if (file === null || file === undefined || file.startsWith('node:') || file === __filename) return [];
      return [{
        file: pathOfUrl(file) ?? file,
        url: file,
        line: site.getLineNumber() ?? 1,
        column: site.getColumnNumber() ?? 1,
        name: site.getFunctionName() ?? '',
      }];
    });
    Error.captureStackTrace(holder);
    return holder.stack ?? [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** A script may have frozen `Error`: then there are no sites. */
function isWritable(name: 'prepareStackTrace' | 'stackTraceLimit'): boolean {
  const property = Object.getOwnPropertyDescriptor(Error, name);
  return property === undefined ? Object.isExtensible(Error) : property.writable ?? property.set !== undefined;
}

/**
 * The place in the user's own code: the innermost frame outside tfjs, and outside node_modules
 * if there is one, through source maps.
 * @param classNames names of the classes that were being constructed: how a bundle without a
 *   source map is told from the code it carries
 */
export function userSite(frames: readonly Frame[], classNames: readonly string[]): CallSite | null {
  const {candidates, bundled} = userFrames(frames);
  return siteAt(candidates, bundled ? libraryFrames(candidates, classNames) : ownConstructors(candidates, classNames));
}

/**
 * The place in the user's own code that calls a method of tfjs.
 * @param methodNames names of the methods that lead there within tfjs where it is bundled into the script:
 *   how a bundle without a source map is told from the code it carries; null where it isn't
 */
export function callerSite(frames: readonly Frame[], methodNames: readonly string[] | null): CallSite | null {
  const {candidates} = userFrames(frames);
  const hasMap = candidates.some(({file}) => !frames.some((frame) => frame.file === file));
  return siteAt(candidates, methodNames === null || hasMap ? 0 : libraryFrames(candidates, methodNames));
}

/** Frames outside tfjs and, if there are such, outside node_modules; `bundled`: tfjs could not be told from them. */
function userFrames(frames: readonly Frame[]): {candidates: Frame[]; bundled: boolean} {
  const mapped = frames.flatMap((frame) => originalPlace(frame, isLibraryFrame(frame)));
  const outside = mapped.filter((frame) => !TFJS.test(frame.file));
  const own = outside.filter((frame) => !MODULES.test(frame.file));
  return {candidates: own.length > 0 ? own : outside, bundled: outside.length === mapped.length};
}

function siteAt(candidates: readonly Frame[], index: number): CallSite | null {
  const site = candidates[index] ?? candidates[0];
  return site === undefined ? null : {file: site.file, line: site.line, column: site.column};
}

/** How many of the innermost frames are constructors of the user's own layer class: it was constructed where they were called. */
function ownConstructors(frames: readonly Frame[], classNames: readonly string[]): number {
  const first = frames.findIndex(({name}) => !classNames.includes(name.replace(/^new /, '')));
  return first < 0 ? 0 : first;
}

/** How many of the innermost frames are tfjs itself inside an unmapped bundle. */
function libraryFrames(frames: readonly Frame[], classNames: readonly string[]): number {
  const lower = new Set(classNames.map((name) => name.toLowerCase()));
  let count = 0;
  frames.slice(0, 8).forEach((frame, index) => {
    const name = frame.name.replace(/^new /, '').replace(/^.*\./, '').replace(/_\d*$|\d+$/, '').toLowerCase();
    if (lower.has(name)) count = index + 1;
  });
  return count;
}
