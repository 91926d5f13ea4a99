/** The recall query as GraphQL. */
import {
  AffectedBatchResolver,
  AffectedBuyerResolver,
  AffectedHolderResolver,
  AffectedItemResolver,
  AffectedProcessorResolver,
  DistributionRowResolver,
  EvidenceNodeResolver,
  EvidenceStepResolver,
  ExcludedResolver,
  GapResolver,
  StateQuantitiesResolver,
  StockLineResolver,
} from './affected.resolver.js';
import { FilingResolver, RecallDetailsResolver } from './campaign/details.resolver.js';
import { RecallResolver } from './campaign/recall.resolver.js';
import {
  RecallAuthorityResolver,
  RecallTransitionResolver,
  ScopeVersionResolver,
} from './campaign/recall-parts.resolver.js';
import { ScopeChangeResolver, ScopeChangesResolver } from './campaign/scope-change.resolver.js';
import { ScopeMemberResolver, StoredScopeResolver } from './campaign/stored-scope.resolver.js';
import {
  CauseReplyResolver,
  DefectAlertResolver,
  DefectCaseResolver,
  RecallCaseResolver,
} from './case/case.resolver.js';
import { CheckResolver } from './check/check.resolver.js';
import { CompareScopesResolver } from './compare-scopes.resolver.js';
import { RecallDeadlinesResolver } from './deadline/deadline.resolver.js';
import { DrillQuantityResolver, DrillResolver } from './drill/drill.resolver.js';
import {
  EffectivenessCheckResolver,
  EffectivenessSampleResolver,
  RecallEffectivenessResolver,
} from './effectiveness/effectiveness.resolver.js';
import { ExportResolver } from './export/export.resolver.js';
import { RecallFormResolver } from './form/form.resolver.js';
import { HoldBreachResolver, HoldResolver } from './hold/hold.resolver.js';
import { LiveResolver } from './live/live.resolver.js';
import {
  NoticeDeliveriesResolver,
  PrintNoticesResolver,
  RecallDeliveriesResolver,
} from './notice/delivery.resolver.js';
import {
  NoticeCountResolver,
  NoticeLineResolver,
  NoticeResolver,
  RecallNoticesResolver,
} from './notice/notice.resolver.js';
import { NoticeChangeResolver, NoticeChangesResolver } from './notice/notice-change.resolver.js';
import {
  ProgressQuantityResolver,
  RecallReportResolver,
  SaleAfterNoticeResolver,
} from './progress/report.resolver.js';
import { RecallRemediesResolver, RemedyResolver } from './remedy/remedy.resolver.js';
import { RecallScopeResolver } from './scope.resolver.js';
import { ScopeListsResolver } from './scope-lists.resolver.js';
import { StockResolver } from './stock/stock.resolver.js';

export { type Language, preferredLanguage } from './campaign/language.js';
export { answerPage, formPage, pagePolicy } from './check/check-page.js';
export type { RecallCheck } from './check/recall-check.types.js';
export { drillHistory, rehearse, scoreSheet } from './drill/rehearse.js';
export { ExportEntity } from './export/export.entity.js';
export type { ExportRow } from './export/export-lists.js';
export { openExport } from './export/open-export.js';
export { type ExportFormat, mediaTypes, writeRows } from './export/write-export.js';
export { reportPage, reportPolicy } from './report/report-page.js';
export { type Answered, formQuestion, reportQuestion } from './report/report-question.js';
export {
  figureAmounts,
  figureColumns,
  figureRows,
  type ReportTable,
  reportTables,
} from './report/report-tables.js';
export { membersOf, stockAmounts, stockColumns, stockRows } from './stock/stock-list.js';
export { blockCells, blockColumns, blockList } from './till/block-list.js';

export const recallResolvers = [
  ExportResolver,
  RecallScopeResolver,
  ScopeListsResolver,
  AffectedBatchResolver,
  AffectedItemResolver,
  EvidenceNodeResolver,
  EvidenceStepResolver,
  GapResolver,
  ExcludedResolver,
  StateQuantitiesResolver,
  AffectedHolderResolver,
  StockLineResolver,
  AffectedProcessorResolver,
  AffectedBuyerResolver,
  DistributionRowResolver,
  RecallResolver,
  RecallTransitionResolver,
  RecallAuthorityResolver,
  ScopeVersionResolver,
  StockResolver,
  CheckResolver,
  RecallDetailsResolver,
  FilingResolver,
  NoticeDeliveriesResolver,
  PrintNoticesResolver,
  RecallDeliveriesResolver,
  NoticeResolver,
  NoticeChangesResolver,
  NoticeChangeResolver,
  RecallNoticesResolver,
  NoticeLineResolver,
  NoticeCountResolver,
  LiveResolver,
  RecallRemediesResolver,
  RemedyResolver,
  HoldResolver,
  HoldBreachResolver,
  ScopeChangesResolver,
  StoredScopeResolver,
  ScopeMemberResolver,
  ScopeChangeResolver,
  CompareScopesResolver,
  DrillResolver,
  DrillQuantityResolver,
  RecallDeadlinesResolver,
  RecallReportResolver,
  RecallFormResolver,
  ProgressQuantityResolver,
  SaleAfterNoticeResolver,
  RecallEffectivenessResolver,
  EffectivenessSampleResolver,
  EffectivenessCheckResolver,
  DefectCaseResolver,
  DefectAlertResolver,
  RecallCaseResolver,
  CauseReplyResolver,
];

export const recallOneOfInputs = ['ScopeRuleInput'];
