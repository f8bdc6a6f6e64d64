import {runProcess, tellingLine} from './childProcess';
import {TENSORFLOW_VERSION, partsOf} from './paths';
import {RuntimeError} from './runtimeError';

/** Answer of the child process that has loaded a runtime. */
interface Answer {
  tensorflow: string;
  product: number;
  opsError: string | null;
}

// Run by Node itself, apart from this process: a library that doesn't fit ends the process that
// loads it. Newer versions of Node lack two functions that tfjs-node calls (tensorflow/tfjs#8425).
const SCRIPT = `
const util = require('util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const [tfjsNode, opsPath] = process.argv.slice(1);
const tf = require(tfjsNode);
const {binding} = tf.backend();
const answer = {tensorflow: binding.TF_Version, product: tf.tidy(() => tf.matMul([[3, 4]], [[3], [4]]).dataSync()[0]), opsError: null};
try {
  const loaded = require(opsPath);
  if (!loaded.registered) throw new Error(loaded.error);
  const input = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, 4));
  const N = {name: 'N', type: binding.TF_ATTR_INT, value: 1};
  const [moments] = binding.executeOp('SingscopeMoments', [N], [input], 1);
  const norm = new Float64Array(binding.tensorDataSync(moments.id).buffer)[6];
  const [counts] = binding.executeOp('SingscopeHistogram', [N], [input], 1);
  const total = binding.tensorDataSync(counts.id).reduce((sum, count) => sum + count, 0);
  const attributes = [N, {name: 'axes', type: binding.TF_ATTR_INT, value: [0]}, {name: 'normalize', type: binding.TF_ATTR_INT, value: 1}, {name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: 0}];
  const first = binding.tensorDataSync(binding.executeOp('SingscopeSing', attributes, [input], 2)[0].id)[0];
  const step = Float64Array.of(0, 0, 1, 0, 0, 0, 0, 0, NaN, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
  const numbers = binding.createTensor([step.length, 2], binding.TF_INT32, new Int32Array(step.buffer));
  const [updated] = binding.executeOp('SingscopeUpdate', [N, {name: 'M', type: binding.TF_ATTR_INT, value: 0}], [input, input, numbers], 2);
  const [state] = binding.executeOp('SingscopeState', [{name: 'copy', type: binding.TF_ATTR_INT, value: 1}], [input], 1);
  if (binding.tensorDataSync(updated.id)[1] !== 0 || binding.tensorDataSync(state.id)[1] !== 4) throw new Error('the ops update wrongly');
  if (norm !== 5 || total !== 2 || Math.abs(first - 0.6) > 1e-6) throw new Error('the ops compute wrong numbers');
} catch (error) {
  answer.opsError = error.message;
}
require('fs').writeSync(1, '\\n' + JSON.stringify(answer));
`;

/**
 * Loads a runtime in a Node process of its own, multiplies two matrices and runs each op once.
 * @param node program to use
 * @returns why the ops can't be used; null when they work
 * @throws RuntimeError when TensorFlow itself doesn't load or compute
 */
export async function verifyRuntime(dir: string, node: string, signal?: AbortSignal): Promise<string | null> {
  const {tfjsNode, ops} = partsOf(dir);
  const {NODE_OPTIONS: _preloads, ...env} = process.env;
  const result = await runProcess(node, ['-e', SCRIPT, tfjsNode, ops], {env: {...env, TF_CPP_MIN_LOG_LEVEL: '2', ELECTRON_RUN_AS_NODE: '1'}, ...(signal && {signal})});
  const answer = result.code === 0 ? parseAnswer(result.stdout) : null;
  if (answer === null) {
    const why = result.signal === 'SIGILL' ? 'this processor lacks AVX, which TensorFlow needs' : tellingLine(result);
    throw new RuntimeError(`The new runtime does not load (${why}): use the workspace's own TensorFlow.js or pure JavaScript, and report this with the output of \`singscope doctor\`.`);
  }
  if (answer.tensorflow !== TENSORFLOW_VERSION || answer.product !== 25) {
    throw new RuntimeError(`The new runtime has TensorFlow ${answer.tensorflow} and computes 3·3 + 4·4 = ${answer.product}, not TensorFlow ${TENSORFLOW_VERSION} and 25: another libtensorflow was found first; unset LD_LIBRARY_PATH and LD_PRELOAD and run the command again.`);
  }
  return answer.opsError;
}

function parseAnswer(stdout: string): Answer | null {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
  } catch {
    return null;
  }
}
