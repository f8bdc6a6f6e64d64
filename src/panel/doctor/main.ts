import {parentPort, workerData} from 'node:worker_threads';
import {messageOf} from '../../platform/failure';
import {diagnose} from '../../runtime/doctor';
import {findEditorNode} from '../../session/editorNode';
import type {ChosenNode, DoctorAnswer, DoctorQuestion} from './doctorMessages';

const {cwd, packageRoot, wantedNode} = workerData as DoctorQuestion;
void look().then((answer) => parentPort?.postMessage(answer));

async function look(): Promise<DoctorAnswer> {
  const node = chosenNode();
  return {node, report: await diagnose(cwd, packageRoot, node.path)};
}

function chosenNode(): ChosenNode {
  try {
    const {path, version} = findEditorNode(wantedNode, cwd, process.env);
    return {path, version, problem: null};
  } catch (error) {
    // The page says the mend in its own words.
    return {path: null, version: null, problem: messageOf(error).replace(/: (?:set singscope|install Node).*$/, '')};
  }
}
