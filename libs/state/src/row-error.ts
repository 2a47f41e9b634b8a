/** A row can't be worked on as it stands, for a reason that lies in no far side: a person has to put something right. */
export class RowError extends Error {
  override readonly name = 'RowError';

  constructor(
    /** One sentence that names the file and the reason. */
    message: string,
    /** The next step for a person, one sentence. */
    readonly nextStep: string,
    /** True: it goes on by itself once that is done; false: a person retries it then. */
    readonly passing = true,
  ) {
    super(message);
  }
}
