/** What a parameter is to SING: it decides over which axes the mean is taken. */
export const parameterKinds = ['dense', 'conv1d', 'conv2d', 'conv3d', 'conv2d_transpose', 'depthwise', 'embedding', 'vector'] as const;
export type ParameterKind = (typeof parameterKinds)[number];

/** The ranks a kind can have, as [least, most]. 'vector' fits any: it means "never centralized". */
const ranks: Record<ParameterKind, readonly [number, number]> = {
  dense: [2, 2],
  conv1d: [3, 3],
  conv2d: [4, 4],
  conv3d: [5, Infinity],
  conv2d_transpose: [4, 4],
  depthwise: [3, 4],
  embedding: [2, 2],
  vector: [0, Infinity],
};

/** The kind that a shape alone tells. An embedding looks dense and a depthwise kernel looks conv2d: name those. */
export function kindFromShape(shape: readonly number[]): ParameterKind {
  if (shape.length <= 1) return 'vector';
  return (['dense', 'conv1d', 'conv2d'] as const)[shape.length - 2] ?? 'conv3d';
}

/**
 * The kind of a layer's weight.
 *
 * Weight names are those of TensorFlow.js layers, bare or as a variable's full name
 * (`embedding_Embedding1/embeddings`), with or without the `_1` that makes a name unique. They are
 * read before the class, because a wrapper (TimeDistributed, Bidirectional) or a user's subclass
 * keeps the weight's name and not the class.
 *
 * @param layerClassName `getClassName()` of the layer, or undefined for a bare variable.
 * @param weightName name of the weight or variable.
 * @param shape shape of the weight, TensorFlow.js layout.
 */
export function kindFromLayer(layerClassName: string | undefined, weightName: string, shape: readonly number[]): ParameterKind {
  const rank = shape.length;
  const weight = weightName.slice(weightName.lastIndexOf('/') + 1).replace(/_\d+$/, '');
  // Of a normalization over several axes these have several too, and are no kernels.
  if (weight === 'gamma' || weight === 'beta' || weight === 'bias') return 'vector';
  if (rank === 2 && (weight === 'embeddings' || layerClassName === 'Embedding')) return 'embedding';
  if (rank === 4 && weight === 'depthwise_kernel') return 'depthwise';
  if (rank === 4 && layerClassName === 'DepthwiseConv2D') return 'depthwise';
  if (rank === 4 && layerClassName === 'Conv2DTranspose') return 'conv2d_transpose';
  return kindFromShape(shape);
}

/**
 * Axes over which SING takes the mean that it subtracts (Courtois et al. 2023, arXiv 2305.15997; the
 * authors' code, dims 1… of the PyTorch layout, carried to the TensorFlow.js layout).
 */
export function centralizedAxes(kind: ParameterKind, shape: readonly number[]): number[] {
  const rank = shape.length;
  if (kind === 'vector' || rank < 2) return [];
  if (kind === 'embedding') return range(1, rank);
  // [kh, kw, in, multiplier]: each (in, multiplier) is an output channel of its own.
  return range(0, kind === 'depthwise' ? rank - 2 : rank - 1);
}

/**
 * True for a kernel whose means have one element each (one input, a 1×1 depthwise kernel, an embedding of
 * width 1): centralizing it would make its gradient zero, so it is left alone unless `centralize` is 'always'.
 */
export function meansOneElement(kind: ParameterKind, shape: readonly number[]): boolean {
  const axes = centralizedAxes(kind, shape);
  return axes.length > 0 && axes.reduce((size, axis) => size * (shape[axis] ?? 1), 1) <= 1;
}

/**
 * Throws when a kind that the user named can't belong to the shape.
 * @param subject what the kind was given for; begins the message.
 */
export function checkKind(subject: string, kind: ParameterKind, shape: readonly number[]): void {
  const [least, most] = ranks[kind];
  if (shape.length >= least && shape.length <= most) return;
  const wanted = most === Infinity ? `${least} or more` : least === most ? `${least}` : `${least} or ${most}`;
  throw new Error(`${subject}: '${kind}' is for rank ${wanted}, but the shape is [${shape.join(', ')}]; its shape alone says '${kindFromShape(shape)}'`);
}

function range(from: number, to: number): number[] {
  return Array.from({length: to - from}, (_, index) => from + index);
}
