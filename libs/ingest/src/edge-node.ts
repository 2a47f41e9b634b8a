import {
  databaseReason,
  heartbeat,
  leaveNode,
  registerEdge,
  registerSources,
  releaseNode,
  type Database,
} from '@waybill/state';
import { v4 as uuidv4 } from 'uuid';
import type { EdgeLog } from './edge-source.ts';
import { isProvablyDead, processIdentity } from './process-identity.ts';

/** Another live process has this node or one of its sources. `exitCode` 78: a person has to act. */
export class NodeTakenError extends Error {
  override readonly name = 'NodeTakenError';
  readonly exitCode = 78;
}

/** This process's hold on its node's name (design 2.8): one live process a node, one node a source. */
export class EdgeNode {
  private readonly instance = uuidv4();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    private readonly name: string,
    private readonly version: string,
    private readonly log: EdgeLog,
    /** Another process has taken the name: this one must stop. */
    private readonly onLost: () => void,
    /** Milliseconds that a process is held alive after its last heartbeat. */
    private readonly leaseMs = 15_000,
  ) {}

  /**
   * Takes the name and registers the sources. A holder that died is recognised at once on its own machine; elsewhere its
   * lease is waited out. Rejects with NodeTakenError, or the database's error.
   */
  async take(
    sources: readonly { readonly name: string; readonly type: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const until = performance.now() + this.leaseMs + 2_000;
    let holder = await this.register();
    if (holder !== undefined && isProvablyDead(holder)) holder = await this.register(holder);
    while (holder !== undefined && performance.now() < until) {
      signal.throwIfAborted();
      await new Promise(resolve => setTimeout(resolve, 500));
      holder = await this.register(isProvablyDead(holder) ? holder : undefined);
    }
    if (holder !== undefined) {
      throw new NodeTakenError(
        `Another live process works as the edge node "${this.name}": stop it, or give this one another "node" in its configuration.`,
      );
    }
    const others = await registerSources(this.db, this.name, sources);
    const [first] = others;
    if (first !== undefined) {
      await this.leave();
      throw new NodeTakenError(
        `The source "${first.name}" belongs to the edge node "${first.node}": give it another name here, or remove it there first.`,
      );
    }
    await releaseNode(this.db, this.name);
    this.timer = setInterval(() => void this.beat(), this.leaseMs / 4);
  }

  async leave(): Promise<void> {
    clearInterval(this.timer);
    await leaveNode(this.db, { name: this.name, instance: this.instance });
  }

  private async register(deadProcess?: string): Promise<string | undefined> {
    const { name, instance, version, leaseMs } = this;
    const result = await registerEdge(
      this.db,
      { name, instance, version, process: processIdentity(), leaseMs },
      deadProcess,
    );
    return result.held ? undefined : result.process;
  }

  private async beat(): Promise<void> {
    try {
      const { name, instance, leaseMs } = this;
      if (await heartbeat(this.db, { name, instance, leaseMs })) return;
      clearInterval(this.timer);
      this.onLost();
    } catch (error) {
      this.log.warn(
        `The heartbeat of ${this.name} could not be written (${databaseReason(error)}); this is tried again by itself.`,
      );
    }
  }
}
