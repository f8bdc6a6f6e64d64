import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {commands, contextKeys, settings, views, walkthrough} from '../../../src/contributions';

const root = join(__dirname, '../../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Manifest {
  contributes: {
    commands: {command: string}[];
    views: Record<string, {id: string}[]>;
    viewsContainers: {activitybar: {id: string; icon: string}[]};
    viewsWelcome: {view: string}[];
    menus: Record<string, {command: string; when: string}[]>;
    configuration: {properties: Record<string, {scope: string; default: unknown}>};
    walkthroughs: {id: string; steps: {media: Record<string, string>; completionEvents: string[]}[]}[];
  };
  capabilities: {untrustedWorkspaces: {restrictedConfigurations: string[]}};
}
const text = read('package.json');
const {contributes, capabilities} = JSON.parse(text) as Manifest;
const english = JSON.parse(read('package.nls.json')) as Record<string, string>;
const japanese = JSON.parse(read('package.nls.ja.json')) as Record<string, string>;
const keys = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');

describe('package.json and contributions.ts', () => {
  it('name the same commands, settings, views and walkthrough', () => {
    expect(contributes.commands.map(({command}) => command).sort()).toEqual(Object.values(commands).sort());
    expect(Object.keys(contributes.configuration.properties).sort()).toEqual(Object.values(settings).sort());
    expect(contributes.views[views.container]?.map(({id}) => id)).toEqual([views.runs]);
    expect(contributes.viewsContainers.activitybar.map(({id}) => id)).toEqual([views.container]);
    expect(contributes.viewsWelcome.every(({view}) => view === views.runs)).toBe(true);
    expect(contributes.walkthroughs.map(({id}) => id)).toEqual([walkthrough]);
  });

  it('put only known commands into menus, and known keys into their conditions', () => {
    const ids = new Set<string>(Object.values(commands));
    for (const item of Object.values(contributes.menus).flat()) expect(ids).toContain(item.command);
    const known = new Set<string>([...Object.values(contextKeys), ...ids, ...Object.values(views), ...Object.values(settings), walkthrough]);
    for (const [key] of text.matchAll(/singscope\.(?!svg|js)[A-Za-z.]+/g)) expect(known, key).toContain(key.replace(/\.$/, ''));
  });

  it('restrict every setting that decides what is started', () => {
    const restricted = new Set(capabilities.untrustedWorkspaces.restrictedConfigurations);
    for (const id of [settings.nodePath, settings.nodeArguments, settings.scriptArguments, settings.cwd, settings.runtime]) expect(restricted).toContain(id);
    for (const id of restricted) expect(Object.values<string>(settings)).toContain(id);
  });

  it('have a walkthrough of five steps whose pictures and texts are there', () => {
    const [{steps} = {steps: []}] = contributes.walkthroughs;
    expect(steps).toHaveLength(5);
    for (const {media, completionEvents} of steps) {
      expect(completionEvents.length).toBeGreaterThan(0);
      const file = media['svg'] ?? media['markdown'] ?? '';
      for (const strings of [english, japanese]) expect(existsSync(join(root, strings[file.slice(1, -1)] ?? file)), file).toBe(true);
    }
  });
});

describe('package.nls', () => {
  it('has every text that package.json asks for, and none besides, in both languages', () => {
    expect(Object.keys(english).sort()).toEqual([...new Set(keys)].sort());
    expect(Object.keys(japanese).sort()).toEqual(Object.keys(english).sort());
  });

  it('keeps commands and settings that a text links to in both languages', () => {
    const links = (value: string): string[] => [...value.matchAll(/\((command:[^)]+)\)/g)].map(([, link]) => link ?? '');
    for (const [key, value] of Object.entries(english)) expect(links(japanese[key] ?? ''), key).toEqual(links(value));
  });
});
