import { LineCounter, isMap, isPair, isScalar, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { ConfigError } from './config-error.ts';

export type Path = readonly PropertyKey[];

/** A parsed YAML text that still knows on which line each thing stands. */
export class YamlText {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  readonly value: unknown;

  /** @param label what messages call the file. Throws a ConfigError for what is no YAML. */
  constructor(
    text: string,
    readonly label: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    const error = this.document.errors[0] ?? this.document.warnings[0];
    if (error !== undefined) {
      const { line } = this.lines.linePos(error.pos[0]);
      throw this.failure(line, `${noYaml(error)}. Correct the line or the ones before it.`);
    }
    try {
      this.value = this.document.toJS();
    } catch (failure) {
      // An alias without its anchor, or with far too many uses, is met only here.
      throw new ConfigError(
        `${label}: ${noYaml(failure as Error)}. Write the value out instead of an alias.`,
      );
    }
  }

  /** A ConfigError that points at the value under `path`, or at the nearest thing around it. */
  at(path: Path, sentence: string): ConfigError {
    return this.failure(this.lineOf(path), sentence);
  }

  /** The line of the value under `path`, of its key where it has one; where there is none: of what would hold it. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = this.offsetOf(path.slice(0, length));
      if (offset !== undefined) return this.lines.linePos(offset).line;
    }
    return 1;
  }

  private offsetOf(path: Path): number | undefined {
    const parent = this.document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find(item => isPair(item) && keyOf(item) === last);
      return (pair?.key as Node | undefined)?.range?.[0];
    }
    return (this.document.getIn(path, true) as Node | undefined)?.range?.[0];
  }

  private failure(line: number, sentence: string): ConfigError {
    return new ConfigError(`${this.label} line ${line.toString()}: ${sentence}`);
  }
}

/** Without what the parser quotes from the file: it might be a secret in the wrong place. */
function noYaml({ message }: Error): string {
  return `this is no valid YAML: ${message.replace(/:\s.*$/s, '').replace(/\.?\s*$/, '')}`;
}

const keyOf = ({ key }: Pair): unknown => (isScalar(key) ? key.value : undefined);
