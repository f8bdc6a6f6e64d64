import {mkdtempSync, readFileSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {installLibrary} from '../../../src/runtime/tensorflowLibrary';
import {folderSource} from '../../../src/runtime/wheelSource';
import {writeWheel} from '../../support/zipFile';

const tensorflow = {
  'tensorflow/libtensorflow_cc.so.2': 'cc', 'tensorflow/libtensorflow_framework.so.2': 'framework', 'tensorflow/__init__.py': '',
  'tensorflow/include/tensorflow/c/c_api.h': 'api', 'tensorflow/include/tensorflow/core/graph/graph.h': 'not needed', 'tensorflow/include/tsl/platform/ctstring.h': 'string',
};

let folder = '';
const wheels = (): string => folder;
const deps = (): string => join(folder, 'deps');

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-library-')); });
afterEach(() => { rmSync(folder, {recursive: true, force: true}); });

function unpacked(dir = deps()): string[] {
  return readdirSync(dir, {withFileTypes: true}).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? unpacked(path) : [relative(deps(), path)];
  }).sort();
}

it('unpacks the library and the headers of the C API, and tells the bytes', async () => {
  writeWheel(join(wheels(), 'tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl'), 'tensorflow_cpu-2.21.0.dist-info', tensorflow);
  const seen: string[] = [];
  const digests = await installLibrary(deps(), 'cpu', folderSource(wheels(), 36), (phase, _detail, done, total) => { seen.push(`${phase} ${done}/${String(total)}`); });
  expect(unpacked()).toEqual(['include/tensorflow/c/c_api.h', 'include/tsl/platform/ctstring.h', 'lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2']);
  expect(readFileSync(join(deps(), 'lib', 'libtensorflow_cc.so.2'), 'utf8')).toBe('cc');
  expect(Object.keys(digests)).toEqual(['tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl']);
  expect(seen.at(-1)).toBe('extract 20/20');
});

it('takes CUDA’s libraries for the GPU as the wheel’s extra names them, where its run path looks', async () => {
  const metadata = 'Requires-Dist: numpy\nRequires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"\nRequires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5; extra == "and-cuda"\n';
  writeWheel(join(wheels(), 'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl'), 'tensorflow-2.21.0.dist-info', {...tensorflow, 'tensorflow-2.21.0.dist-info/METADATA': metadata});
  const cublas = {'nvidia/cublas/lib/libcublas.so.12': 'blas', 'nvidia/cublas/lib/__init__.py': '', 'nvidia/cublas/include/cublas.h': ''};
  for (const version of ['12.4', '12.9.1', '13.0']) writeWheel(join(wheels(), `nvidia_cublas_cu12-${version}-py3-none-manylinux_2_27_x86_64.whl`), `nvidia_cublas_cu12-${version}.dist-info`, {...cublas, 'nvidia/cublas/lib/libcublas.so.12': version});
  writeWheel(join(wheels(), 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2014_x86_64.whl'), 'nvidia_cuda_nvcc_cu12-12.9.86.dist-info', {'nvidia/cuda_nvcc/bin/ptxas': 'assembler', 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'bitcode'});
  const digests = await installLibrary(deps(), 'gpu', folderSource(wheels(), 36), () => undefined);
  expect(unpacked().filter((name) => name.startsWith('nvidia'))).toEqual(['nvidia/cublas/lib/libcublas.so.12', 'nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc']);
  expect(readFileSync(join(deps(), 'nvidia/cublas/lib/libcublas.so.12'), 'utf8')).toBe('12.9.1');
  expect(Object.keys(digests)).toHaveLength(3);
  expect(statSync(join(wheels(), 'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl')).isFile()).toBe(true);
});

it('names the wheel that is missing', async () => {
  writeWheel(join(wheels(), 'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl'), 'tensorflow-2.21.0.dist-info', {...tensorflow, 'tensorflow-2.21.0.dist-info/METADATA': 'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"\n'});
  await expect(installLibrary(deps(), 'gpu', folderSource(wheels(), 36), () => undefined)).rejects.toThrow(/has no wheel of nvidia-cublas-cu12<13\.0,>=12\.5.*pip download --no-deps "nvidia-cublas-cu12<13\.0,>=12\.5"/);
});
