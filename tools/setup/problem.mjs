/** An error whose message is one sentence for the person at the terminal; nothing else of it is shown. */
export class Problem extends Error {
  get userMessage() {
    return this.message;
  }
}
