export function linkExtension(folder: string, extensionsFolder: string): void;
