/** Which condition of a rule failed for a subject: the leaf that, were it true, would change the answer. */
import { askBatch, askItem, type Leaves } from './ask-rule.js';
import type { Rule } from './rule.js';
import type { BatchFacts, ItemFacts } from './rule-facts.js';

/** In words, for a subject of which the rule is FALSE. */
export function failedCondition(
  rule: Rule,
  leaves: Leaves,
  batch: BatchFacts,
  item: ItemFacts | null,
): string {
  const isFalse = (part: Rule): boolean =>
    (item === null ? askBatch(part, leaves, batch) : askItem(part, leaves, batch, item)).truth === 'FALSE';
  if ('persists' in rule) return failedCondition(rule.persists.rule, leaves, batch, item);
  if ('all' in rule) {
    const failed = rule.all.find(isFalse);
    // no single part is false of every run: together they are
    return failed === undefined
      ? rule.all.map((part) => wordsOf(part, leaves)).join(' and ')
      : failedCondition(failed, leaves, batch, item);
  }
  if ('any' in rule) return rule.any.map((part) => failedCondition(part, leaves, batch, item)).join('", "');
  return wordsOf(rule, leaves);
}

function wordsOf(rule: Rule, leaves: Leaves): string {
  if ('not' in rule) return `not ${wordsOf(rule.not, leaves)}`;
  if ('persists' in rule) return wordsOf(rule.persists.rule, leaves);
  if ('all' in rule) return rule.all.map((part) => wordsOf(part, leaves)).join(' and ');
  if ('any' in rule) return rule.any.map((part) => wordsOf(part, leaves)).join(' or ');
  return leaves.get(rule)?.label ?? '';
}
