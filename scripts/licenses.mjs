import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Writes the licences of all packages whose code went into the bundles, as they ask for.
 * @param metafiles of the builds
 */
export function writeLicenses(metafiles, path) {
  const folders = new Set(metafiles.flatMap(({inputs}) => Object.keys(inputs)).flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  /** Many packages share one text. */
  const namesByText = new Map();
  for (const folder of [...folders].sort()) {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
    namesByText.set(text, [...(namesByText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join('\n')}\n\n${text}`);
  writeFileSync(path, `Third-party code in this package and its licences.\n\n${parts.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`);
}
