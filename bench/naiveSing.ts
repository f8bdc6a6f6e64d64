import type {Optimizer, Tensor} from '@tensorflow/tfjs';
import type {NamedTensor} from '../src/sing/tfjs';
import type {Tf} from './tensorflow';

const EPSILON = 1e-8;

/** SING as one writes it with tfjs's operations, in front of an optimizer: what the library is compared with. */
export function naiveSing(tf: Tf, inner: Optimizer): Optimizer {
  class NaiveSing extends tf.Optimizer {
    /** @param gradients as `minimize` hands them on when it was given the variables */
    applyGradients(gradients: NamedTensor[]): void {
      const transformed = gradients.map(({name, tensor}) => ({name, tensor: transform(tf, tensor)}));
      inner.applyGradients(transformed);
      tf.dispose(transformed.map(({tensor}) => tensor));
    }

    getConfig(): ReturnType<Optimizer['getConfig']> {
      return inner.getConfig();
    }

    override dispose(): void {
      inner.dispose();
    }
  }
  return new NaiveSing();
}

function transform(tf: Tf, gradient: Tensor): Tensor {
  return tf.tidy(() => {
    const axes = gradient.shape.slice(1).map((_, axis) => axis);
    const centralized = axes.length === 0 ? gradient : gradient.sub(gradient.mean(axes, true));
    return centralized.div(centralized.norm().add(EPSILON));
  });
}
