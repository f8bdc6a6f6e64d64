/** What the file name of a wheel says (PEP 427). */
export interface WheelName {
  /** Normalized name of the project (PEP 503). */
  project: string;
  version: string;
  python: string;
  platforms: string[];
}

export function normalizeProject(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** The parts of a wheel's file name, or null where it isn't one. */
export function parseWheelName(fileName: string): WheelName | null {
  const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(fileName);
  if (!match) return null;
  const [, project, version, python, , platform] = match as unknown as [string, string, string, string, string, string];
  return {project: normalizeProject(project), version, python, platforms: platform.split('.')};
}

// Names from before PEP 600, with the glibc they stand for.
const LEGACY_TAGS: Record<string, number> = {manylinux1: 5, manylinux2010: 12, manylinux2014: 17};

/**
 * Whether a wheel's libraries run on Linux x64 with this glibc. Its Python does not matter: no
 * Python will load it.
 * @param glibc minor version, 36 for glibc 2.36
 */
export function runsOnLinux(wheel: WheelName, glibc: number): boolean {
  return wheel.platforms.some((tag) => {
    const match = /^(?:manylinux_2_(\d+)|(manylinux(?:1|20\d\d)))_x86_64$/.exec(tag);
    if (!match) return false;
    const needed = match[1] === undefined ? LEGACY_TAGS[match[2] as string] : Number(match[1]);
    return needed !== undefined && needed <= glibc;
  });
}
