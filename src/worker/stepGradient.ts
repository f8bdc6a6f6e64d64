import type {Parameter} from '../protocol/events';
import type {TfTensor, TfVariable} from './tfjsTypes';

/** One gradient of the step, with its variable. */
export interface StepGradient {
  name: string;
  tensor: TfTensor;
  variable: TfVariable;
  parameter: Parameter;
}
