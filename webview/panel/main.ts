import './panel.css';
import {Host} from './host';
import {Page} from './page';
import {initialState, Store} from './state';
import {setLanguage} from './words';

const host = new Host();
let page: Page | null = null;

// The parts of the page are made with their words, so they wait for the language.
host.listen((message) => {
  if (message.type === 'start' && page === null) {
    setLanguage(message.locale, message.strings);
    const kept = host.keptView();
    page = new Page(new Store({...initialState, chosen: kept && kept.shown.length > 0 ? kept.shown : null, selected: kept?.parameter ?? null, window: kept?.window ?? null}), host);
  } else page?.receive(message);
});
host.post({type: 'ready'});
