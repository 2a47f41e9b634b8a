import { AdapterError, type ParcelItem, type Progress, type Receipt } from '@waybill/contract';
import { MemoryDestination, type Sent } from './memory-destination.ts';
import { LinkBroken, type MemoryFarEnd } from './memory-far-end.ts';

/** A destination with one thing broken, and the one rule that it must fail. */
export interface Rogue {
  readonly breaks: string;
  readonly make: (far: MemoryFarEnd) => MemoryDestination;
}

class DropsEmptyFiles extends MemoryDestination {
  protected override rename(far: MemoryFarEnd, temporary: string, name: string): void {
    if (far.files.get(temporary)?.length === 0) far.files.delete(temporary);
    else super.rename(far, temporary, name);
  }
}

class LosesALoneByte extends MemoryDestination {
  protected override rename(far: MemoryFarEnd, temporary: string, name: string): void {
    if (far.files.get(temporary)?.length === 1) far.files.set(temporary, Buffer.alloc(0));
    super.rename(far, temporary, name);
  }
}

/** Breaks only sizes that its rule alone sends whole: the others send large files through a gate, or lose an answer. */
class MisplacesLaterChunks extends MemoryDestination {
  protected override async upload(
    item: ParcelItem,
    temporary: string,
    report: Progress,
    signal: AbortSignal,
  ): Promise<Sent> {
    const sent = await super.upload(item, temporary, report, signal);
    const held = this.far.files.get(temporary);
    if (item.key === 'whole.bin' && held !== undefined && held.length > 200_000) {
      this.far.files.set(
        temporary,
        Buffer.concat([held.subarray(0, 131_072), held.subarray(0, held.length - 131_072)]),
      );
    }
    return sent;
  }
}

class WritesUnderTheKey extends MemoryDestination {
  private readonly shown = new Set<string>();

  protected override place(far: MemoryFarEnd, temporary: string, at: number, piece: Buffer): void {
    super.place(far, temporary, at, piece);
    const held = far.files.get(temporary);
    if (held === undefined) return;
    for (const name of this.shown) far.files.set(name, held);
  }

  protected override temporaryName(item: ParcelItem, name: string): string {
    if (item.key === 'slow.bin') this.shown.add(name);
    return super.temporaryName(item, name);
  }

  protected override rename(far: MemoryFarEnd, temporary: string, name: string): void {
    if (this.shown.has(name)) far.files.delete(name);
    super.rename(far, temporary, name);
  }
}

/** Deliveries to one folder share a temporary name: harmless as long as there is one at a time. */
class SharesATemporaryName extends MemoryDestination {
  protected override temporaryName(item: ParcelItem, name: string): string {
    const folder = name.split('/').slice(0, -1).join('/');
    return folder === '' ? super.temporaryName(item, name) : `.part-in-${folder}`;
  }

  protected override async retireOlder(item: ParcelItem, signal: AbortSignal): Promise<void> {
    await super.retireOlder(item, signal);
    if (item.fence === 1) return;
    await this.ask(far => far.files.delete(this.temporaryName(item, item.key)), signal);
  }
}

class StoresPlainNames extends MemoryDestination {
  protected override storedName(key: string): string {
    return super.storedName(key).normalize('NFC');
  }
}

class CutsLongNames extends MemoryDestination {
  protected override storedName(key: string): string {
    return super.storedName(key).slice(0, 200);
  }
}

class FlattensFolders extends MemoryDestination {
  protected override storedName(key: string): string {
    const parts = super.storedName(key).split('/');
    return parts.length > 2 ? parts.join('_') : key;
  }
}

class FollowsDots extends MemoryDestination {
  protected override storedName(key: string): string {
    return key.includes('..') ? new URL(key, 'file:///').pathname.slice(1) : super.storedName(key);
  }
}

class TrustsTheEnd extends MemoryDestination {
  protected override check(item: ParcelItem, sent: Sent): void {
    if (sent.bytes >= item.content.size) super.check(item, sent);
  }
}

class ChecksNoDigest extends MemoryDestination {
  protected override check(item: ParcelItem, sent: Sent): void {
    super.check(item, { ...sent, sha256: item.content.sha256 });
  }
}

/** Takes a broken stream for its end; leaves the file of the litter rule alone, which is about names. */
class PublishesWhatItGot extends MemoryDestination {
  protected override async upload(
    item: ParcelItem,
    temporary: string,
    report: Progress,
    signal: AbortSignal,
  ): Promise<Sent> {
    try {
      return await super.upload(item, temporary, report, signal);
    } catch (error) {
      if (error instanceof AdapterError && error.code === 'content-failed' && item.key.startsWith('bad')) {
        await this.publish(item, temporary, item.key, signal);
      }
      throw error;
    }
  }
}

class LeavesLitter extends MemoryDestination {
  protected override async discard(item: ParcelItem, temporary: string, cause: unknown): Promise<void> {
    const failedContent = cause instanceof AdapterError && cause.code === 'content-failed';
    if (!failedContent) await super.discard(item, temporary, cause);
  }
}

class RemembersFailures extends MemoryDestination {
  private readonly failed = new Set<string>();

  protected override async deliverItem(
    item: ParcelItem,
    report: Progress,
    signal: AbortSignal,
  ): Promise<Receipt> {
    if (this.failed.has(item.deliveryId)) throw new AdapterError('rejected', 'This one failed before.');
    return super.deliverItem(item, report, signal).catch((error: unknown) => {
      if (error instanceof AdapterError && error.code === 'content-failed') this.failed.add(item.deliveryId);
      throw error;
    });
  }
}

class SendsEveryTime extends MemoryDestination {
  protected override async whatStands(
    item: ParcelItem,
    name: string,
    signal: AbortSignal,
  ): Promise<Receipt | undefined> {
    const receipt = await super.whatStands(item, name, signal);
    if (receipt !== undefined)
      await this.ask(far => far.write(name, far.files.get(name) ?? Buffer.alloc(0)), signal);
    return receipt;
  }
}

class Overwrites extends MemoryDestination {
  protected override async whatStands(
    item: ParcelItem,
    name: string,
    signal: AbortSignal,
  ): Promise<Receipt | undefined> {
    return super.whatStands(item, name, signal).catch(async (error: unknown) => {
      if (!(error instanceof AdapterError) || error.code !== 'conflict') throw error;
      await this.ask(far => far.files.delete(name), signal);
      return undefined;
    });
  }
}

/** An attempt that lost the race "cleans up" what the winner published. */
class CleansUpTheWinner extends MemoryDestination {
  protected override async discard(item: ParcelItem, temporary: string, cause: unknown): Promise<void> {
    await super.discard(item, temporary, cause);
    const overtaken = cause instanceof AdapterError && cause.code === 'content-mismatch';
    if (overtaken) this.far.files.delete(item.key);
  }
}

class HearsNoAbort extends MemoryDestination {
  override async deliver(
    ...[parcel, report]: Parameters<MemoryDestination['deliver']>
  ): ReturnType<MemoryDestination['deliver']> {
    return super.deliver(parcel, report, new AbortController().signal);
  }
}

/** Has deadlines, but so long ones that a delivery misses its own. */
class WaitsTooLong extends MemoryDestination {
  protected override async bounded<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    if (!this.far.silent) return super.bounded(answer, signal);
    await new Promise(resolve => setTimeout(resolve, 400));
    return super.bounded(answer, signal);
  }

  override async inspect(key: string, signal: AbortSignal): ReturnType<MemoryDestination['inspect']> {
    return new MemoryDestination(this.far).inspect(key, signal);
  }
}

class ForgetsItsPast extends MemoryDestination {
  protected override async retireOlder(): Promise<void> {
    return undefined;
  }
}

class GivesUpOnALostAnswer extends MemoryDestination {
  protected override async resolveLost(): Promise<void> {
    throw new LinkBroken('the answer was lost');
  }
}

class SeesNothingInTheDark extends MemoryDestination {
  override async inspect(key: string, signal: AbortSignal): ReturnType<MemoryDestination['inspect']> {
    return super.inspect(key, signal).catch(() => undefined);
  }
}

class SortsReceipts extends MemoryDestination {
  override async deliver(
    ...call: Parameters<MemoryDestination['deliver']>
  ): ReturnType<MemoryDestination['deliver']> {
    return [...(await super.deliver(...call))].sort((a, b) => a.key.localeCompare(b.key));
  }
}

class BoastsOfProgress extends MemoryDestination {
  protected override async upload(
    item: ParcelItem,
    temporary: string,
    report: Progress,
    signal: AbortSignal,
  ): Promise<Sent> {
    report(item.deliveryId, item.content.size);
    return super.upload(item, temporary, report, signal);
  }
}

class LeavesItsProbe extends MemoryDestination {
  override async probe(signal: AbortSignal): Promise<void> {
    await super.probe(signal);
    await this.ask(far => far.write('.probe', Buffer.alloc(0)), signal);
  }
}

class HangsOn extends MemoryDestination {
  override async close(): Promise<void> {
    this.link = undefined;
  }
}

/** One for each rule of destinationRules. */
export const destinationRogues: readonly Rogue[] = [
  { breaks: 'an empty file arrives', make: far => new DropsEmptyFiles(far) },
  { breaks: 'a file of one byte arrives', make: far => new LosesALoneByte(far) },
  { breaks: 'a file of many chunks arrives', make: far => new MisplacesLaterChunks(far) },
  { breaks: 'nothing is visible before the end', make: far => new WritesUnderTheKey(far) },
  { breaks: 'two deliveries at once do not mix', make: far => new SharesATemporaryName(far) },
  { breaks: 'names are kept as they are', make: far => new StoresPlainNames(far) },
  { breaks: 'names of 250 characters pass', make: far => new CutsLongNames(far) },
  { breaks: 'folders in the key are kept', make: far => new FlattensFolders(far) },
  { breaks: 'a key that leads out is rejected', make: far => new FollowsDots(far) },
  { breaks: 'a content that ends early does not appear', make: far => new TrustsTheEnd(far) },
  { breaks: 'a content with another digest does not appear', make: far => new ChecksNoDigest(far) },
  { breaks: 'a content that breaks does not appear', make: far => new PublishesWhatItGot(far) },
  { breaks: 'a failed attempt leaves no litter', make: far => new LeavesLitter(far) },
  { breaks: 'an attempt after a failed one succeeds', make: far => new RemembersFailures(far) },
  { breaks: 'a repeat changes nothing', make: far => new SendsEveryTime(far) },
  { breaks: 'other bytes are a conflict and are kept', make: far => new Overwrites(far) },
  { breaks: 'a late attempt does no harm', make: far => new CleansUpTheWinner(far) },
  { breaks: 'an abort settles soon and leaves nothing', make: far => new HearsNoAbort(far) },
  { breaks: 'a silent far end is not waited for without end', make: far => new WaitsTooLong(far) },
  { breaks: 'an attempt after a lost connection leaves no litter', make: far => new ForgetsItsPast(far) },
  { breaks: 'a lost answer is resolved', make: far => new GivesUpOnALostAnswer(far) },
  { breaks: 'trouble is never told as absence', make: far => new SeesNothingInTheDark(far) },
  { breaks: 'receipts come in order and with proof', make: far => new SortsReceipts(far) },
  { breaks: 'progress grows to the size', make: far => new BoastsOfProgress(far) },
  { breaks: 'probe leaves nothing', make: far => new LeavesItsProbe(far) },
  { breaks: 'close ends every connection', make: far => new HangsOn(far) },
];
