import './doctor.css';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import {doctorHostMessageSchema, type DoctorPageMessage, type DoctorPageState} from '../../src/protocol/doctorPage';
import {setLanguage} from '../panel/words';
import {Page} from './page';

declare function acquireVsCodeApi(): {postMessage(message: DoctorPageMessage): void; setState(state: DoctorPageState): void};

const api = acquireVsCodeApi();
const post = (message: DoctorPageMessage): void => { api.postMessage(message); };
let page: Page | null = null;

window.addEventListener('message', ({data}: MessageEvent<unknown>) => {
  const parsed = v.safeParse(doctorHostMessageSchema, data);
  if (!parsed.success) {
    page?.receive({type: 'failed', message: l10n.t('What was found can\'t be shown: {0}', parsed.issues[0].message)});
    return;
  }
  const message = parsed.output;
  if (message.type === 'start') {
    setLanguage(message.locale, message.strings);
    page ??= new Page(post);
    return;
  }
  if (message.type === 'report') api.setState({folder: message.report.folder});
  page?.receive(message);
});
post({type: 'ready'});
