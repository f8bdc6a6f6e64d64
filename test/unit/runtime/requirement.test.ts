import {describe, expect, it} from 'vitest';
import {compareVersions, meets, requirementsOfExtra} from '../../../src/runtime/requirement';
import {parseWheelName, runsOnLinux} from '../../../src/runtime/wheelName';

describe('requirements of a wheel', () => {
  it('reads those of one extra', () => {
    const metadata = [
      'Metadata-Version: 2.1', 'Requires-Dist: numpy>=1.26.0', 'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
      "Requires-Dist: nvidia_cudnn.cu12 (<10.0,>=9.3.0.75) ; extra == 'and-cuda'", 'Requires-Dist: gcs; (sys_platform != "win32") and extra == "gcs"',
    ].join('\n');
    expect(requirementsOfExtra(metadata, 'and-cuda')).toEqual([
      {project: 'nvidia-cublas-cu12', conditions: [{operator: '<', version: '13.0'}, {operator: '>=', version: '12.5.3.2'}]},
      {project: 'nvidia-cudnn-cu12', conditions: [{operator: '<', version: '10.0'}, {operator: '>=', version: '9.3.0.75'}]},
    ]);
  });

  it.each([
    ['12.9.1.4', '<', '13.0', true], ['13.0', '<', '13.0', false], ['12.5.3', '>=', '12.5.3.2', false], ['2.21.0', '==', '2.21', true], ['2.21.0', '==', '2.*', true],
    ['3.0', '==', '2.*', false], ['1.4.9', '~=', '1.4.2', true], ['1.5.0', '~=', '1.4.2', false], ['1.0', '!=', '1.0.0', false], ['2.0rc1', '>', '1.0', false], ['1.0.post1', '>', '1.0', true],
  ])('%s %s %s is %s', (version, operator, bound, expected) => {
    expect(meets(version, [{operator, version: bound}])).toBe(expected);
  });

  it('orders versions by their numbers', () => {
    expect(['1.10', '1.9', '1.9.1'].sort(compareVersions)).toEqual(['1.9', '1.9.1', '1.10']);
  });

  it('tells wheels that run here from others', () => {
    const here = (name: string): boolean => {
      const wheel = parseWheelName(name);
      return wheel !== null && runsOnLinux(wheel, 28);
    };
    expect(here('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')).toBe(true);
    expect(here('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_31_x86_64.whl')).toBe(false);
    expect(here('tensorflow_cpu-2.21.0-cp311-cp311-musllinux_1_2_x86_64.whl')).toBe(false);
    expect(here('a-1-1-py3-none-manylinux1_x86_64.whl')).toBe(true);
    expect(here('a-1.tar.gz')).toBe(false);
  });
});
