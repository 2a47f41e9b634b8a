import { z } from 'zod';

const logLine = z.object({
  level: z.enum(['warn', 'error', 'fatal']),
  msg: z.string(),
  error: z.object({ message: z.string() }).optional(),
});

/** The same sentence of one child is said once in this time, in milliseconds. */
const repeatAfter = 30_000;
/** More than this many sentences of one child in that many milliseconds are left to its log. */
const burst = { sentences: 5, ms: 10_000 };
const longestLine = 64 * 1024;

/**
 * Listens to what a child writes: tells warnings and errors of its JSON log in short, and remembers its last words, which
 * say why it ended.
 */
export class ChildWords {
  #lastWords = '';
  readonly #said = new Map<string, number>();
  #burst = { began: -Infinity, sentences: 0 };
  readonly #rest = { stdout: '', stderr: '' };

  constructor(
    private readonly tell: (sentence: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The last line on stderr, or of level fatal; empty when there was none. */
  get last(): string {
    return this.#lastWords;
  }

  hear(stream: 'stdout' | 'stderr', text: string): void {
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = (lines.pop() ?? '').slice(-longestLine);
    for (const line of lines) this.#line(stream, line.trim());
  }

  #line(stream: 'stdout' | 'stderr', line: string): void {
    const entry = line.startsWith('{') ? logLine.safeParse(parsed(line)) : undefined;
    if (entry?.success === true) {
      const { level, msg, error } = entry.data;
      const sentence = error === undefined || msg.includes(error.message) ? msg : `${msg} (${error.message})`;
      if (level === 'fatal') this.#lastWords = sentence;
      else this.#say(sentence);
    } else if (stream === 'stderr' && line !== '' && !line.startsWith('{')) {
      this.#lastWords = line;
    }
  }

  #say(sentence: string): void {
    const before = this.#said.get(sentence);
    const now = this.now();
    if (before !== undefined && now - before < repeatAfter) return;
    if (this.#said.size > 1000) this.#said.clear();
    this.#said.set(sentence, now);
    if (now - this.#burst.began >= burst.ms) this.#burst = { began: now, sentences: 0 };
    this.#burst.sentences += 1;
    if (this.#burst.sentences <= burst.sentences) this.tell(sentence);
    else if (this.#burst.sentences === burst.sentences + 1) this.tell('more of this is in its log.');
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    // A line that only looks like JSON is a line like any other.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
