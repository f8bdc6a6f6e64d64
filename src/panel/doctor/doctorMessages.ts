import type {DoctorReport} from '../../runtime/doctor';

/** What the thread is to look at. */
export interface DoctorQuestion {
  cwd: string;
  packageRoot: string;
  /** Value of the setting for Node; null where it is empty. */
  wantedNode: string | null;
}

/** The Node that trainings from the editor run on; or why there is none. */
export type ChosenNode = {path: string; version: string; problem: null} | {path: null; version: null; problem: string};

export interface DoctorAnswer {
  node: ChosenNode;
  report: DoctorReport;
}
