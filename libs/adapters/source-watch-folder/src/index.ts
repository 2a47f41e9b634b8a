export { watchFolderSource } from './watch-folder-descriptor.ts';
