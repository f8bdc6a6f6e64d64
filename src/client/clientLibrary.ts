/** What the client needs of a large library, in a module of its own: it is loaded after the extension is there. */
export {LanguageClient, TransportKind} from 'vscode-languageclient/node';
