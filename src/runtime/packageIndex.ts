import * as v from 'valibot';
import {messageOf} from '../platform/failure';
import type {HttpClient} from './httpClient';
import {type Requirement, compareVersions, meets} from './requirement';
import {RuntimeError} from './runtimeError';
import {parseWheelName, runsOnLinux} from './wheelName';

/** A wheel as an index offers it. */
export interface IndexFile {
  fileName: string;
  url: URL;
  /** Hex digest; null where the index gives none. */
  sha256: string | null;
}

const ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

const jsonPage = v.object({
  files: v.array(v.object({
    filename: v.string(),
    url: v.string(),
    hashes: v.optional(v.record(v.string(), v.string()), {}),
    yanked: v.optional(v.union([v.boolean(), v.string()]), false),
  })),
});

/**
 * The newest wheel that meets a requirement and runs on this Linux.
 * @param glibc minor version of the C library here
 * @throws RuntimeError when no index can be reached or none has such a wheel
 */
export async function findWheel(client: HttpClient, indexUrls: readonly string[], wanted: Requirement, glibc: number, signal?: AbortSignal): Promise<IndexFile> {
  const failures: string[] = [];
  for (const indexUrl of indexUrls) {
    try {
      const best = newest(await filesOf(client, indexUrl, wanted.project, signal), wanted, glibc);
      if (best !== null) return best;
      failures.push(`${hostOf(indexUrl)} has no such wheel`);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${hostOf(indexUrl)}: ${messageOf(error)}`);
    }
  }
  const version = wanted.conditions.map(({operator, version}) => operator + version).join(',');
  throw new RuntimeError(`No wheel of ${wanted.project}${version} for Linux x64 with glibc 2.${glibc} can be had (${failures.join('; ')}): check pip's index, proxy and certificate settings, or fetch it elsewhere and use --from DIR.`);
}

function hostOf(indexUrl: string): string {
  return URL.canParse(indexUrl) ? new URL(indexUrl).host : indexUrl;
}

function newest(files: IndexFile[], wanted: Requirement, glibc: number): IndexFile | null {
  const fitting = files.flatMap((file) => {
    const name = parseWheelName(file.fileName);
    if (name === null || name.project !== wanted.project || !runsOnLinux(name, glibc)) return [];
    return meets(name.version, wanted.conditions) ? [{file, version: name.version}] : [];
  });
  // Stable: of the wheels of one version, which differ in their Python only, the first.
  fitting.sort((a, b) => compareVersions(b.version, a.version));
  return fitting[0]?.file ?? null;
}

async function filesOf(client: HttpClient, indexUrl: string, project: string, signal?: AbortSignal): Promise<IndexFile[]> {
  const page = new URL(`${indexUrl.replace(/\/+$/, '')}/${project}/`);
  const answer = await client.get(page, {accept: ACCEPT}, signal);
  const text = await readText(answer.body);
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
  const json = /json/.test(answer.headers['content-type'] ?? '');
  return json ? parseJson(text, answer.url) : parseHtml(text, answer.url);
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** PEP 691. */
function parseJson(text: string, base: URL): IndexFile[] {
  return v.parse(jsonPage, JSON.parse(text)).files.filter((file) => file.yanked === false).map((file) => ({
    fileName: file.filename,
    url: new URL(file.url, base),
    sha256: file.hashes['sha256']?.toLowerCase() ?? null,
  }));
}

/** PEP 503: one anchor a file, the digest in the fragment of its address. */
export function parseHtml(text: string, base: URL): IndexFile[] {
  return [...text.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)].flatMap(([, attributes, label]) => {
    const href = /href\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes as string);
    if (!href || /data-yanked/i.test(attributes as string)) return [];
    const url = new URL((href[1] ?? href[2] ?? '').replaceAll('&amp;', '&'), base);
    const sha256 = /sha256=([0-9a-f]{64})/i.exec(url.hash)?.[1]?.toLowerCase() ?? null;
    url.hash = '';
    return {fileName: (label as string).trim(), url, sha256};
  });
}
