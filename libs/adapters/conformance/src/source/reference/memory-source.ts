import assert from 'node:assert/strict';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AdapterError, type ByteRange, type SourceAdapter, type SourceItem } from '@waybill/contract';
import type { MemoryFile, MemoryVolume } from './memory-volume.ts';

const pieceSize = 16 * 1024;

/** The honest reference: the smallest source that keeps every rule. Rogues override one step of it each. */
export class MemorySource implements SourceAdapter {
  readonly maxInFlight = 4;

  private readonly opened = new WeakMap<FileHandle, MemoryFile>();

  constructor(protected readonly volume: MemoryVolume) {}

  async probe(_signal: AbortSignal): Promise<void> {
    this.volume.checkRoot();
  }

  async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    this.checkAbort(signal);
    this.volume.checkRoot();
    for (const [key, file] of this.names()) {
      yield this.item(key, file);
      await Promise.resolve();
      this.checkAbort(signal);
    }
    for (const [key, file] of this.volume.unreadable) yield this.refusedItem(key, file);
    this.checkFolders();
  }

  async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    const file = this.find(item);
    let at = range.start;
    const stream = new Readable({
      highWaterMark: pieceSize,
      read: () => {
        if (at >= range.end) return void stream.push(null);
        const piece = file.bytes.subarray(at, Math.min(at + pieceSize, range.end));
        if (piece.length === 0) return void this.cutShort(stream);
        at += piece.length;
        return void stream.push(piece);
      },
    });
    this.onAbort(signal, () => stream.destroy(new AdapterError('unreachable', 'The call was stopped.')));
    return stream;
  }

  async openFile(item: SourceItem, _signal: AbortSignal): Promise<FileHandle> {
    const file = this.findForHandle(item);
    const handle = this.handle(file, item);
    this.opened.set(handle, file);
    return handle;
  }

  async lookAt(handle: FileHandle): Promise<Pick<SourceItem, 'size' | 'revision'>> {
    const file = this.opened.get(handle);
    assert.ok(file !== undefined, 'lookAt() of a handle that this source did not open');
    return { size: file.bytes.length, revision: this.revision(file) };
  }

  async watch(_hint: () => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>(resolve => {
      this.onAbort(signal, resolve);
    });
  }

  async close(): Promise<void> {
    return undefined;
  }

  protected names(): [string, MemoryFile][] {
    return [...this.volume.files];
  }

  protected identity(key: string, file: MemoryFile): string {
    const first = this.names().find(([, one]) => one.id === file.id)?.[0];
    return first === key || first === undefined
      ? `id-${file.id.toString()}`
      : `id-${file.id.toString()}#${key}`;
  }

  protected revision(file: MemoryFile): string {
    return `${file.bytes.length.toString()}-${file.appends.toString()}-${file.overwrites.toString()}`;
  }

  protected item(key: string, file: MemoryFile): SourceItem {
    const size = file.bytes.length;
    const identity = this.identity(key, file);
    return { key, identity, revision: this.revision(file), size, modifiedAt: new Date(0) };
  }

  protected refusedItem(key: string, file: MemoryFile): SourceItem {
    return { ...this.item(key, file), refused: 'Its name is not UTF-8; rename it.' };
  }

  protected checkAbort(signal: AbortSignal): void {
    if (signal.aborted) throw new AdapterError('unreachable', 'The call was stopped.');
  }

  protected onAbort(signal: AbortSignal, act: () => void): void {
    signal.addEventListener('abort', act, { once: true });
  }

  protected checkFolders(): void {
    if (this.volume.folderBroken) throw new AdapterError('unreachable', 'A folder cannot be read.');
  }

  protected isSame(item: SourceItem, file: MemoryFile): boolean {
    return item.identity.split('#')[0] === `id-${file.id.toString()}`;
  }

  protected find(item: SourceItem): MemoryFile {
    const file = this.volume.files.get(item.key);
    if (file === undefined) throw this.gone(item);
    if (!this.isSame(item, file))
      throw new AdapterError('source-changed', `${item.key} is another file now.`);
    return file;
  }

  protected findForHandle(item: SourceItem): MemoryFile {
    return this.find(item);
  }

  protected gone(item: SourceItem): AdapterError {
    return new AdapterError('missing', `${item.key} is no longer there.`);
  }

  protected cutShort(stream: Readable): void {
    stream.destroy(new AdapterError('source-changed', 'The file was cut short.'));
  }

  /** As much of a handle as the rules use. */
  protected handle(file: MemoryFile, _item: SourceItem): FileHandle {
    const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
      const bytesRead = file.bytes.copy(buffer, offset, position, position + length);
      return { buffer, bytesRead };
    };
    return { read, close: async () => undefined } as unknown as FileHandle;
  }
}
