import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AdapterError, type ByteRange, type SourceItem } from '@waybill/contract';
import { MemorySource } from './memory-source.ts';
import type { MemoryFile, MemoryVolume } from './memory-volume.ts';

/** A source with one thing broken, and the one rule that it must fail. */
export interface SourceRogue {
  readonly breaks: string;
  readonly make: (volume: MemoryVolume) => MemorySource;
}

class ListsTwice extends MemorySource {
  protected override names(): [string, MemoryFile][] {
    return super.names().flatMap(name => [name, name]);
  }
}

class SkipsEmptyFiles extends MemorySource {
  protected override names(): [string, MemoryFile][] {
    return super.names().filter(([, file]) => file.bytes.length > 0);
  }
}

class LooksOneFolderDeep extends MemorySource {
  protected override names(): [string, MemoryFile][] {
    return super.names().filter(([key]) => key.split('/').length <= 2);
  }
}

class RemembersNames extends MemorySource {
  private readonly known = new Map<string, MemoryFile>();

  protected override names(): [string, MemoryFile][] {
    const present = super.names();
    for (const [key, file] of present) this.known.set(key, file);
    const ids = new Set(present.map(([, { id }]) => id));
    return [...present, ...[...this.known].filter(([, { id }]) => !ids.has(id))];
  }
}

/** Two listings share one cursor. */
class SharesACursor extends MemorySource {
  private readonly underWay = new Set<string>();

  override async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    const mine = new Set<string>();
    for await (const item of super.list(signal)) {
      const taken = this.underWay.has(item.key) && !mine.has(item.key);
      mine.add(item.key);
      this.underWay.add(item.key);
      if (!taken) yield item;
    }
    this.underWay.clear();
  }
}

class SkipsBrokenFolders extends MemorySource {
  protected override checkFolders(): void {
    return undefined;
  }
}

class ListsNothingWhereNothingIs extends MemorySource {
  override async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    if (!this.volume.hidden) yield* super.list(signal);
  }
}

class AlwaysWell extends MemorySource {
  override async probe(): Promise<void> {
    return undefined;
  }
}

class PlainNames extends MemorySource {
  protected override item(key: string, file: MemoryFile): SourceItem {
    return super.item(key.normalize('NFC'), file);
  }
}

class SkipsDotfiles extends MemorySource {
  protected override names(): [string, MemoryFile][] {
    return super.names().filter(([key]) => !key.startsWith('.'));
  }
}

class SkipsLongNames extends MemorySource {
  protected override names(): [string, MemoryFile][] {
    return super.names().filter(([key]) => key.length < 200);
  }
}

class DropsUnreadableNames extends MemorySource {
  override async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    for await (const item of super.list(signal)) {
      if (item.refused === undefined) yield item;
    }
  }
}

class IdentityBySize extends MemorySource {
  protected override identity(key: string, file: MemoryFile): string {
    return `${super.identity(key, file)}#${file.bytes.length.toString()}`;
  }
}

class IdentityByName extends MemorySource {
  protected override identity(key: string, file: MemoryFile): string {
    return `id-${file.id.toString()}#${key}`;
  }
}

/** Believes that a name it knows is the file it knows. */
class IdentityOfTheOldFile extends MemorySource {
  private readonly known = new Map<string, string>();

  protected override identity(key: string, file: MemoryFile): string {
    const identity = this.known.get(key) ?? super.identity(key, file);
    this.known.set(key, identity);
    return identity;
  }
}

class OneNameAFile extends MemorySource {
  protected override identity(key: string, file: MemoryFile): string {
    return super.identity(key, file).split('#')[0] ?? '';
  }
}

let processes = 0;
class IdentityOfTheProcess extends MemorySource {
  private readonly process = (processes += 1);

  protected override identity(key: string, file: MemoryFile): string {
    return `${super.identity(key, file)}#${this.process.toString()}`;
  }
}

class SeesNoGrowth extends MemorySource {
  protected override revision(file: MemoryFile): string {
    return file.overwrites.toString();
  }
}

class RevisionBySize extends MemorySource {
  protected override revision(file: MemoryFile): string {
    return file.bytes.length.toString();
  }
}

/** Counts its own looks: the first of every process agree. */
class RevisionByLook extends MemorySource {
  private looks = 0;

  override async *list(signal: AbortSignal): AsyncGenerator<SourceItem> {
    this.looks += 1;
    yield* super.list(signal);
  }

  protected override revision(file: MemoryFile): string {
    return `${super.revision(file)}-${this.looks.toString()}`;
  }
}

class EndInclusive extends MemorySource {
  override async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    const isPart = range.start > 0 && range.start < range.end && range.end < item.size;
    return super.open(item, isPart ? { ...range, end: range.end + 1 } : range, signal);
  }
}

class EmptyMeansWhole extends MemorySource {
  override async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    return super.open(item, range.start === range.end ? { start: 0, end: item.size } : range, signal);
  }
}

class RefusesGrowth extends MemorySource {
  protected override find(item: SourceItem): MemoryFile {
    const file = super.find(item);
    if (file.bytes.length > item.size) throw new AdapterError('source-changed', 'It has grown.');
    return file;
  }
}

class OpensByName extends MemorySource {
  override async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    const file = this.volume.files.get(item.key);
    const present = file === undefined ? item : this.item(item.key, file);
    return super.open(present, range, signal);
  }
}

class CallsGoneUnreachable extends MemorySource {
  override async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    if (!this.volume.files.has(item.key)) throw new AdapterError('unreachable', 'It cannot be reached.');
    return super.open(item, range, signal);
  }
}

class EndsInSilence extends MemorySource {
  protected override cutShort(stream: Readable): void {
    stream.push(null);
  }
}

/** Remembers how a file looked when it was opened. */
class LooksOnce extends MemorySource {
  private readonly first = new Map<FileHandle, Pick<SourceItem, 'size' | 'revision'>>();

  override async lookAt(handle: FileHandle): Promise<Pick<SourceItem, 'size' | 'revision'>> {
    const look = this.first.get(handle) ?? (await super.lookAt(handle));
    this.first.set(handle, look);
    return look;
  }
}

class ReadsByName extends MemorySource {
  protected override handle(_file: MemoryFile, { key }: SourceItem): FileHandle {
    const read = (...[buffer, offset, length, position]: [Buffer, number, number, number]) =>
      super
        .handle(this.volume.at(key), this.item(key, this.volume.at(key)))
        .read(buffer, offset, length, position);
    return { read, close: async () => undefined } as unknown as FileHandle;
  }
}

class ChecksNoHandle extends MemorySource {
  protected override isSame(): boolean {
    return true;
  }

  override async open(item: SourceItem, range: ByteRange, signal: AbortSignal): Promise<Readable> {
    return new MemorySource(this.volume).open(item, range, signal);
  }
}

class ListsOnAfterAnAbort extends MemorySource {
  protected override checkAbort(): void {
    return undefined;
  }
}

class StreamsOnAfterAnAbort extends MemorySource {
  override async open(item: SourceItem, range: ByteRange): Promise<Readable> {
    return super.open(item, range, new AbortController().signal);
  }
}

class WatchesForEver extends MemorySource {
  override async watch(hint: () => void): Promise<void> {
    await super.watch(hint, new AbortController().signal);
  }
}

class ClosesOnce extends MemorySource {
  private closed = false;

  override async close(): Promise<void> {
    const again = this.closed;
    this.closed = !again;
    if (again) throw new AdapterError('rejected', 'It is closed already.');
  }
}

/** One for each rule of sourceRules. */
export const sourceRogues: readonly SourceRogue[] = [
  { breaks: 'every file is listed once, with its size', make: volume => new ListsTwice(volume) },
  { breaks: 'an empty file is listed and opens', make: volume => new SkipsEmptyFiles(volume) },
  { breaks: 'folders are walked to their end', make: volume => new LooksOneFolderDeep(volume) },
  { breaks: 'a removed file is no longer listed', make: volume => new RemembersNames(volume) },
  { breaks: 'two listings at once are both whole', make: volume => new SharesACursor(volume) },
  { breaks: 'a listing that cannot be complete rejects', make: volume => new SkipsBrokenFolders(volume) },
  {
    breaks: 'a source that is not there is not empty',
    make: volume => new ListsNothingWhereNothingIs(volume),
  },
  { breaks: 'probe tells whether it can be listed', make: volume => new AlwaysWell(volume) },
  { breaks: 'names are kept as they are', make: volume => new PlainNames(volume) },
  { breaks: 'names with a leading dot are taken', make: volume => new SkipsDotfiles(volume) },
  { breaks: 'names of 250 characters pass', make: volume => new SkipsLongNames(volume) },
  {
    breaks: 'a name that is not UTF-8 is refused, not dropped',
    make: volume => new DropsUnreadableNames(volume),
  },
  { breaks: 'identity stays while a file grows', make: volume => new IdentityBySize(volume) },
  { breaks: 'identity stays over a rename', make: volume => new IdentityByName(volume) },
  { breaks: 'a replacement has another identity', make: volume => new IdentityOfTheOldFile(volume) },
  { breaks: 'two names of one file are two files', make: volume => new OneNameAFile(volume) },
  { breaks: 'an adapter made anew knows the files again', make: volume => new IdentityOfTheProcess(volume) },
  { breaks: 'revision moves when a file grows', make: volume => new SeesNoGrowth(volume) },
  { breaks: 'revision moves when bytes change in place', make: volume => new RevisionBySize(volume) },
  { breaks: 'revision stays while nothing changes', make: volume => new RevisionByLook(volume) },
  { breaks: 'open gives exactly the range', make: volume => new EndInclusive(volume) },
  { breaks: 'an empty range is an empty stream', make: volume => new EmptyMeansWhole(volume) },
  { breaks: 'growth is no reason to refuse', make: volume => new RefusesGrowth(volume) },
  { breaks: 'a replaced file is source-changed', make: volume => new OpensByName(volume) },
  { breaks: 'a removed file is missing', make: volume => new CallsGoneUnreachable(volume) },
  { breaks: 'a file cut short while it is read fails its stream', make: volume => new EndsInSilence(volume) },
  { breaks: 'a file handle outlives its name', make: volume => new ReadsByName(volume) },
  { breaks: 'a file handle tells the revision that a listing tells', make: volume => new LooksOnce(volume) },
  { breaks: 'a file handle is checked to be the item', make: volume => new ChecksNoHandle(volume) },
  { breaks: 'an aborted listing rejects soon', make: volume => new ListsOnAfterAnAbort(volume) },
  { breaks: 'an aborted stream fails soon', make: volume => new StreamsOnAfterAnAbort(volume) },
  { breaks: 'a watch ends when it is aborted', make: volume => new WatchesForEver(volume) },
  { breaks: 'close can be repeated', make: volume => new ClosesOnce(volume) },
];
