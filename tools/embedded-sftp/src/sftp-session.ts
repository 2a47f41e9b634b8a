import type { SFTPWrapper } from 'ssh2';
import { OpenHandles } from './open-handles.ts';
import type { ServedFolder } from './served-folder.ts';
import { sftpErrorOf, sftpStatus } from './sftp-status.ts';

/**
 * Answers one client's requests. Requests about paths run one after another, as they came; those about open files run at
 * once (see OperationOrder). What has no listener here, ssh2 answers with OP_UNSUPPORTED. Resolves when the session is
 * over and its files are closed.
 */
export function serveSession(sftp: SFTPWrapper, folder: ServedFolder): Promise<void> {
  const handles = new OpenHandles();
  let paths: Promise<unknown> = Promise.resolve();

  /** Runs `work`, and answers with its result by `reply`, or with the status of its failure. */
  const answer = <T>(id: number, work: () => Promise<T>, reply: (result: T) => void): void => {
    work().then(reply, (error: unknown) => {
      const { status, message } = sftpErrorOf(error);
      sftp.status(id, status, message);
    });
  };
  const inTurn = <T>(work: () => Promise<T>): (() => Promise<T>) => {
    return () => {
      const done = paths.then(work);
      paths = done.catch(() => undefined);
      return done;
    };
  };
  const ok = (id: number) => (): void => sftp.status(id, sftpStatus.ok);

  sftp.on('OPEN', (id, name, flags, attrs) =>
    answer(
      id,
      inTurn(() => handles.add(() => folder.openFile(name, flags, attrs))),
      handle => sftp.handle(id, handle),
    ),
  );
  sftp.on('OPENDIR', (id, name) =>
    answer(
      id,
      inTurn(() => handles.add(() => folder.openDirectory(name))),
      handle => sftp.handle(id, handle),
    ),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(
      id,
      async () => handles.file(handle).read(offset, length),
      bytes => sftp.data(id, bytes),
    ),
  );
  sftp.on('WRITE', (id, handle, offset, bytes) =>
    answer(id, async () => handles.file(handle).write(offset, bytes), ok(id)),
  );
  sftp.on('FSTAT', (id, handle) =>
    answer(
      id,
      async () => handles.file(handle).attributes(),
      attrs => sftp.attrs(id, attrs),
    ),
  );
  sftp.on('FSETSTAT', (id, handle, attrs) => answer(id, async () => handles.file(handle).set(attrs), ok(id)));
  sftp.on('READDIR', (id, handle) =>
    answer(
      id,
      async () => handles.directory(handle).next(),
      entries => sftp.name(id, [...entries]),
    ),
  );
  sftp.on('CLOSE', (id, handle) => answer(id, () => handles.close(handle), ok(id)));
  const byPath = <T>(id: number, work: () => Promise<T>, reply: (result: T) => void): void =>
    answer(id, inTurn(work), reply);
  sftp.on('STAT', (id, name) =>
    byPath(
      id,
      () => folder.attributes(name),
      attrs => sftp.attrs(id, attrs),
    ),
  );
  sftp.on('LSTAT', (id, name) =>
    byPath(
      id,
      () => folder.linkAttributes(name),
      attrs => sftp.attrs(id, attrs),
    ),
  );
  sftp.on('SETSTAT', (id, name, attrs) => byPath(id, () => folder.set(name, attrs), ok(id)));
  sftp.on('MKDIR', (id, name, attrs) => byPath(id, () => folder.makeDirectory(name, attrs), ok(id)));
  sftp.on('RMDIR', (id, name) => byPath(id, () => folder.removeDirectory(name), ok(id)));
  sftp.on('REMOVE', (id, name) => byPath(id, () => folder.remove(name), ok(id)));
  sftp.on('RENAME', (id, from, to) => byPath(id, () => folder.rename(from, to), ok(id)));
  sftp.on('REALPATH', (id, name) =>
    byPath(
      id,
      async () => folder.canonical(name),
      filename => sftp.name(id, [{ filename, longname: filename, attrs: noAttributes }]),
    ),
  );

  return new Promise(resolve => {
    const over = (): void => void handles.closeAll().then(resolve);
    sftp.once('close', over);
    // The client sends no more; it waits for the channel to be closed.
    sftp.once('end', () => {
      over();
      sftp.end();
    });
  });
}

/** A REALPATH answer carries a name only; clients ignore its attributes. */
const noAttributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
