import {stripVTControlCharacters} from 'node:util';
import {describe, expect, it} from 'vitest';
import {doctorText} from '../../../src/cli/doctorCommand';
import type {DoctorReport} from '../../../src/runtime/doctor';

const report: DoctorReport = {
  cwd: '/w', machine: {platform: 'linux x64', glibc: '2.36', cores: 2, intraOpThreads: null},
  nodes: [{path: '/usr/bin/node', version: '20.1.0', supported: true}, {path: '/old/node', version: '16.0.0', supported: false}],
  workspace: [{name: '@tensorflow/tfjs', version: null, dir: null, loads: false, error: null, backend: null, tensorflow: null, usesGpu: false}],
  runtimesDir: '/cache', managed: [], compiler: null, prebuilt: false, prebuiltProblem: null, gpus: [], problems: [{code: 'no-native', subject: null, problem: 'It is broken.', mend: 'Do this.'}],
};
const text = (changes: Partial<DoctorReport> = {}): string => stripVTControlCharacters(doctorText({...report, ...changes}));

describe('doctorText', () => {
  it('tells what there is, what is wrong and the mend', () => {
    expect(text().split('\n')).toEqual([
      'machine     linux x64, glibc 2.36, 2 cores',
      'Node        20.1.0 /usr/bin/node',
      '            16.0.0 /old/node (too old)',
      'workspace   no TensorFlow.js is installed here',
      'managed     none in /cache',
      'compiler    none',
      'GPU         none',
      'problem     It is broken.',
      'mend        Do this.',
    ]);
  });

  it('tells a driver that does not answer from no GPU, and good news too', () => {
    expect(text({gpus: null})).toContain('there is a driver, but it does not answer');
    expect(text({problems: []})).toContain('Nothing is wrong.');
    expect(text({prebuilt: true})).toContain('compiler    none (none is needed');
    expect(text({prebuiltProblem: 'it needs glibc 2.99'})).toContain('does not fit, it needs glibc 2.99');
  });

  it('gives the real error of a package that does not load', () => {
    const workspace = [{...report.workspace[0], name: '@tensorflow/tfjs-node', version: '4.22.0', error: 'no binding'} as DoctorReport['workspace'][number]];
    const managed = [{name: 'tf-cpu', dir: '/d', tensorflow: '2', device: 'cpu', loads: true, error: null, ops: false, opsError: 'no compiler', builtWith: 'g++ 12'}];
    expect(text({workspace, managed})).toContain('@tensorflow/tfjs-node 4.22.0: does not load (no binding)');
    expect(text({workspace, managed})).toContain('tf-cpu: loads, without our native operations (no compiler)');
  });
});
