import { scrubText } from '@waybill/platform';

/** How a source or destination was found last, for a person. */
export interface ConditionJson {
  readonly condition: string;
  readonly sentence: string | null;
  readonly nextStep: string | null;
  readonly checkedAt: Date | null;
}

/** Far sides word parts of the sentence, so what looks like a secret is masked. */
export function conditionJson({ condition, sentence, nextStep, checkedAt }: ConditionJson): ConditionJson {
  const clean = (text: string | null) => (text === null ? null : scrubText(text));
  return { condition, sentence: clean(sentence), nextStep: clean(nextStep), checkedAt };
}
