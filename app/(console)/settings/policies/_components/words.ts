import { targetWords } from "#app/(console)/approvals/_components/words.ts";

export const LEAD = "What moves only by an approval, and who has to agree. Each save is a version and stays on record.";

/** `*` stands for all that have no policy of their own. */
export const modelWords = (model: string): string => (model === "*" ? "Every model" : model);

export function editHref(model: string, target: string): string {
  return `/settings/policies/edit?${new URLSearchParams({ model, target })}`;
}

/** `Production of every model`. */
export const placeWords = (model: string, target: string): string =>
  `${targetWords(target)} of ${model === "*" ? "every model" : model}`;
