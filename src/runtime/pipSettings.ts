import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** What pip would use to reach the Python package index. */
export interface PipSettings {
  /** Simple repository APIs (PEP 503, PEP 691), asked in this order. */
  indexUrls: string[];
  /** PEM file with the certificate authorities to trust; null: Node's own. */
  cert: string | null;
  /** Proxy of pip's own settings; null: the environment's. */
  proxy: string | null;
}

const PUBLIC_INDEX = 'https://pypi.org/simple';
// Sections that `pip install` reads, the later one winning.
const SECTIONS = ['global', 'install'];

/** pip's settings, from its files and its environment variables, in pip's own order of precedence. */
export function readPipSettings(env: NodeJS.ProcessEnv = process.env): PipSettings {
  const values = new Map<string, string>();
  for (const file of configFiles(env)) {
    for (const [key, value] of readConfig(file)) values.set(key, value);
  }
  for (const key of ['index-url', 'extra-index-url', 'cert', 'proxy']) {
    const value = env[`PIP_${key.toUpperCase().replaceAll('-', '_')}`];
    if (value) values.set(key, value);
  }
  const extra = (values.get('extra-index-url') ?? '').split(/\s+/).filter((url) => url !== '');
  return {
    indexUrls: [values.get('index-url') ?? PUBLIC_INDEX, ...extra],
    cert: values.get('cert') ?? env['REQUESTS_CA_BUNDLE'] ?? env['CURL_CA_BUNDLE'] ?? null,
    proxy: values.get('proxy') ?? null,
  };
}

function configFiles(env: NodeJS.ProcessEnv): string[] {
  const named = env['PIP_CONFIG_FILE'];
  // pip's documented way of saying "no configuration files at all".
  if (named === '/dev/null') return [];
  const home = env['HOME'] || homedir();
  const files = [
    ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((dir) => join(dir, 'pip', 'pip.conf')),
    '/etc/pip.conf',
    join(home, '.pip', 'pip.conf'),
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'pip', 'pip.conf'),
  ];
  const venv = env['VIRTUAL_ENV'];
  if (venv) files.push(join(venv, 'pip.conf'));
  if (named) files.push(named);
  return files;
}

/** Settings of one configuration file, in the format of Python's configparser. */
function readConfig(file: string): Map<string, string> {
  const sections = new Map<string, Map<string, string>>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map();
  }
  let section: Map<string, string> | undefined;
  let key: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header) {
      section = sections.get(header[1] as string) ?? new Map<string, string>();
      sections.set(header[1] as string, section);
      key = null;
    } else if (/^\s/.test(line) && key !== null) {
      section?.set(key, `${section.get(key) ?? ''} ${line.trim()}`.trim());
    } else {
      const pair = /^([^=:]+)[=:](.*)$/.exec(line);
      if (!pair) continue;
      key = (pair[1] as string).trim().toLowerCase().replaceAll('_', '-');
      section?.set(key, (pair[2] as string).trim());
    }
  }
  return new Map(SECTIONS.flatMap((name) => [...(sections.get(name) ?? [])]));
}
