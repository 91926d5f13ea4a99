/** What a rule answers of one batch or item: TRUE, FALSE or UNKNOWN, run by run, with the fields that lack. */
import { answerLeaf } from './answer-leaf.js';
import type { Leaf, Rule } from './rule.js';
import type { Answer, Asked, BatchFacts, ItemFacts, ResolvedLeaf, Run } from './rule-facts.js';
import { agreement, conjunction, disjunction, negation, type Truth } from './truth.js';

export type Leaves = Map<Leaf, ResolvedLeaf>;

/** A batch is TRUE when every run is, FALSE when every run is, else UNKNOWN. */
export function askBatch(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  if (batch.lot === null) return askUnknownLot(rule, leaves, batch);
  return agreed(
    (batch.runs.length > 0 ? batch.runs : [null]).map((run) => ask(rule, leaves, { batch, run, item: null })),
  );
}

/** Goods of unknown lot are an origin only where the rule names the product, or where nothing else of it is on record. */
function askUnknownLot(rule: Rule, leaves: Leaves, batch: BatchFacts): Answer {
  const answer = ask(rule, leaves, { batch, run: null, item: null });
  if (answer.truth !== 'UNKNOWN' || !batch.productHasLots) return answer;
  return { truth: 'FALSE', fields: [] };
}

/** An item takes its own attributes, else those of its run; which run is seen from site, line and time where it can be. */
export function askItem(rule: Rule, leaves: Leaves, batch: BatchFacts, item: ItemFacts): Answer {
  const runs = batch.runs.filter((run) => couldBeMadeIn(item, run));
  return agreed((runs.length > 0 ? runs : [null]).map((run) => ask(rule, leaves, { batch, run, item })));
}

function couldBeMadeIn(item: ItemFacts, run: Run): boolean {
  const differ = <T>(a: T | null, b: T | null) => a !== null && b !== null && a !== b;
  if (differ(item.siteId, run.siteId) || differ(item.line, run.line) || differ(item.revision, run.revision))
    return false;
  if (item.to !== null && run.from !== null && item.to < run.from) return false;
  return !(item.from !== null && run.to !== null && item.from > run.to);
}

function agreed(answers: Answer[]): Answer {
  const truth = agreement(answers.map((answer) => answer.truth));
  if (truth !== 'UNKNOWN') return { truth, fields: [] };
  const fields = new Set(answers.flatMap((answer) => answer.fields));
  return { truth, fields: fields.size > 0 ? [...fields] : ['run'] };
}

/** The rule of one run, or of one item made in it. */
export function ask(rule: Rule, leaves: Leaves, asked: Asked): Answer {
  if ('persists' in rule) return ask(rule.persists.rule, leaves, asked);
  if ('not' in rule) {
    const answer = ask(rule.not, leaves, asked);
    return { truth: negation(answer.truth), fields: answer.fields };
  }
  if ('all' in rule || 'any' in rule) {
    const [parts, fold] = 'all' in rule ? [rule.all, conjunction] : [rule.any, disjunction];
    const answers = parts.map((part) => ask(part, leaves, asked));
    const truth = fold(answers.map((answer) => answer.truth));
    return { truth, fields: truth === 'UNKNOWN' ? answers.flatMap((answer) => answer.fields) : [] };
  }
  const leaf = leaves.get(rule);
  return leaf === undefined ? { truth: 'FALSE', fields: [] } : answerLeaf(leaf, asked);
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
