/** One parameter's arrays in a step, all of one length. */
export interface RuleArrays {
  readonly gradient: ArrayLike<number>;
  readonly weights: Float32Array;
  readonly updated: Float32Array;
}

/** The numbers of Adam that are the same for all elements of a parameter. */
export interface AdamNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Beta of softplus over √(1 − beta2^t), or 1 over it. */
  readonly slope: number;
  /** Learning rate over 1 − beta1^t, times softplus's beta. */
  readonly rate: number;
  /** 1 − learning rate · weight decay. */
  readonly kept: number;
}

export function sgd({gradient, weights, updated}: RuleArrays, learningRate: number): void {
  for (let i = 0; i < updated.length; i++) updated[i] = weights[i]! - learningRate * gradient[i]!;
}

export function momentum({gradient, weights, updated}: RuleArrays, velocity: Float32Array, learningRate: number, share: number, nesterov: boolean): void {
  for (let i = 0; i < updated.length; i++) {
    const g = gradient[i]!;
    const next = share * velocity[i]! + g;
    velocity[i] = next;
    updated[i] = weights[i]! - learningRate * (nesterov ? g + share * next : next);
  }
}

export function adam({gradient, weights, updated}: RuleArrays, m: Float32Array, v: Float32Array, {beta1, beta2, epsilon, slope, rate, kept}: AdamNumbers): void {
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  for (let i = 0; i < updated.length; i++) {
    const g = gradient[i]!;
    const first = beta1 * m[i]! + rest1 * g;
    const second = beta2 * v[i]! + rest2 * g * g;
    m[i] = first;
    v[i] = second;
    updated[i] = kept * weights[i]! - (rate * first) / (Math.sqrt(second) * slope + epsilon);
  }
}

/** Adam with softplus(√v̂) as denominator. */
export function softplusAdam({gradient, weights, updated}: RuleArrays, m: Float32Array, v: Float32Array, {beta1, beta2, slope, rate, kept}: AdamNumbers): void {
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  for (let i = 0; i < updated.length; i++) {
    const g = gradient[i]!;
    const first = beta1 * m[i]! + rest1 * g;
    const second = beta2 * v[i]! + rest2 * g * g;
    m[i] = first;
    v[i] = second;
    const root = Math.sqrt(second) * slope;
    // log(1 + exp(root)), without overflow; linear above 20, as in PyTorch.
    const denominator = root > 20 ? root : root + Math.log1p(Math.exp(-root));
    updated[i] = kept * weights[i]! - (rate * first) / denominator;
  }
}

/** LookAhead's merge: both become share · weights + (1 − share) · slow weights. */
export function merge(weights: Float32Array, slow: Float32Array, share: number): void {
  for (let i = 0; i < weights.length; i++) {
    weights[i] = share * weights[i]! + (1 - share) * slow[i]!;
    slow[i] = weights[i]!;
  }
}
