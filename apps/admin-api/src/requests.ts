import { z } from 'zod';

/** A text that Postgres can hold: no NUL or other control characters, no half of a surrogate pair. */
export const plainText = (longest: number) =>
  z
    .string({ error: 'give it once, as a text' })
    .max(longest, { error: `longer than ${longest} characters` })
    .refine(text => !/[\p{Cc}\p{Cs}]/u.test(text), { error: 'holds control characters or broken Unicode' });

/** A text in a query; empty is the same as absent. */
export const queryText = (longest: number) =>
  plainText(longest)
    .optional()
    .transform(text => (text === '' ? undefined : text));

/** One of these values in a query; empty is the same as absent. */
export const queryChoice = <Choice extends string>(choices: readonly Choice[]) =>
  z.preprocess(
    value => (value === '' ? undefined : value),
    z.enum(choices, { error: `not one of ${choices.join(', ')}` }).optional(),
  );

const uuid = z.guid({ error: 'not an id of Waybill: ids are UUIDs' });

/** An id in a query; empty is the same as absent. */
export const queryId = z.preprocess(value => (value === '' ? undefined : value), uuid.optional());

/** `/{id}` of a path. */
export const idPath = z.object({ id: uuid });

/** `/{name}` of a path. */
export const namePath = z.object({ name: plainText(255) });

const wholeNumber = 'not a whole number from 1 to 200';

/** What every list takes: where its page begins, and how long it is. */
export const pageFields = {
  cursor: queryText(200),
  limit: z
    .preprocess(
      value => (value === '' ? undefined : value),
      z
        .string({ error: wholeNumber })
        .regex(/^\d{1,3}$/, { error: wholeNumber })
        .default('50'),
    )
    .transform(Number)
    .refine(limit => limit >= 1 && limit <= 200, { error: wholeNumber }),
};

/** Why a person asks for a retry; kept in the waybill. */
export const reason = plainText(500).optional();

/** No query at all: a word that this release does not know must not be taken for consent. */
export const noQuery = z.strictObject({});
