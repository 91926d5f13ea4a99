/** What a rule answers of one batch or item: TRUE, FALSE or UNKNOWN, run by run, with the fields that lack. */
import { answerLeaf } from './answer-leaf.js';
import type { Leaf, Rule } from './rule.js';
import {
  type Answer,
  type Asked,
  type BatchFacts,
  FALSE,
  type ItemFacts,
  type ResolvedLeaf,
  type Run,
} from './rule-facts.js';
import { agreement, conjunction, disjunction, negation, type Truth } from './truth.js';

export type Leaves = Map<Leaf, ResolvedLeaf>;

/** A batch is TRUE when every run is, FALSE when every run is, else UNKNOWN. */
export function askBatch(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  if (batch.lot === null) return askUnknownLot(rule, leaves, batch);
  return agreed(
    (batch.runs.length > 0 ? batch.runs : [null]).map((run) => ask(rule, leaves, { batch, run, item: null })),
  );
}

/**
 * Goods of unknown lot are an origin only where the rule names the product, or where nothing else of it is on record: what
 * other conditions do not know of them makes them none, but takes them out of the product's no more than any other goods.
 */
function askUnknownLot(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  const asked: Asked = { batch, run: null, item: null };
  if (!batch.productHasLots) return ask(rule, leaves, asked);
  return ask(rule, leaves, asked, (leaf) => {
    const answer = answerLeaf(leaf, asked);
    return leaf.positive && answer.truth === 'UNKNOWN' ? FALSE : answer;
  });
}

/**
 * An item takes its own attributes, else those of its run; which run is seen from site, line, revision and time where it
 * can be. Of another site, line or revision than every run it is of a run that nobody told; its time alone proves none.
 */
export function askItem(rule: Rule, leaves: Leaves, batch: BatchFacts, item: ItemFacts): Answer {
  const alike = batch.runs.filter((run) => isAlike(item, run));
  const runs = alike.filter((run) => isInTime(item, run));
  return agreed(
    (runs.length > 0 ? runs : alike.length > 0 ? alike : [null]).map((run) =>
      ask(rule, leaves, { batch, run, item }),
    ),
  );
}

function isAlike(item: ItemFacts, run: Run): boolean {
  const differ = <T>(a: T | null, b: T | null) => a !== null && b !== null && a !== b;
  return !(
    differ(item.siteId, run.siteId) ||
    differ(item.line, run.line) ||
    differ(item.revision, run.revision)
  );
}

function isInTime(item: ItemFacts, run: Run): boolean {
  if (item.to !== null && run.from !== null && item.to < run.from) return false;
  return !(item.from !== null && run.to !== null && item.from > run.to);
}

function agreed(answers: Answer[]): Answer {
  const truth = agreement(answers.map((answer) => answer.truth));
  if (truth !== 'UNKNOWN') return { truth, fields: [] };
  const fields = new Set(answers.flatMap((answer) => answer.fields));
  return { truth, fields: fields.size > 0 ? [...fields] : ['run'] };
}

/** The rule of one run, or of one item made in it; `answer` tells what a leaf says of it. */
export function ask(
  rule: Rule,
  leaves: Leaves,
  asked: Asked,
  answer: (leaf: ResolvedLeaf) => Answer = (leaf) => answerLeaf(leaf, asked),
): Answer {
  if ('persists' in rule) return ask(rule.persists.rule, leaves, asked, answer);
  if ('not' in rule) {
    const { truth, fields } = ask(rule.not, leaves, asked, answer);
    return { truth: negation(truth), fields };
  }
  if ('all' in rule || 'any' in rule) {
    const [parts, fold] = 'all' in rule ? [rule.all, conjunction] : [rule.any, disjunction];
    const answers = parts.map((part) => ask(part, leaves, asked, answer));
    const truth = fold(answers.map((answer) => answer.truth));
    return { truth, fields: truth === 'UNKNOWN' ? answers.flatMap((answer) => answer.fields) : [] };
  }
  const leaf = leaves.get(rule);
  return leaf === undefined ? FALSE : answer(leaf);
}

/** Each leaf asked of one subject, for `membership`. */
export function askEachLeaf(
  leaves: Leaves,
  batch: BatchFacts,
  item: ItemFacts | null,
): { leaf: string; truth: Truth }[] {
  return [...leaves.entries()].map(([leaf, resolved]) => ({
    leaf: resolved.label,
    truth: (item === null ? askBatch(leaf, leaves, batch) : askItem(leaf, leaves, batch, item)).truth,
  }));
}
