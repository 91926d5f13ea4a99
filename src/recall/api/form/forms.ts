/** Field lists of authorities' forms, each field with where its value comes from: data, filled from one recall. */
import type { RecallForm } from '../campaign/details.types.js';
import type { Recall } from '../campaign/recall.types.js';
import { percentOf } from '../drill/drill.js';
import type { RecallReport } from '../progress/progress.types.js';
import type { FormDates, FormGoods, FormSeller } from './form.sql.js';

export interface FormFacts {
  recall: Recall;
  goods: readonly FormGoods[];
  sellers: readonly FormSeller[];
  dates: FormDates;
  /** Null before the scope is frozen. */
  report: RecallReport | null;
}

/** Name, label, value; a null value is not on record. */
type Field = readonly [name: string, label: string, value: (facts: FormFacts) => string | null];

const day = (at: Date | null | undefined): string | null => at?.toISOString().slice(0, 10) ?? null;
const detail =
  (name: string) =>
  ({ recall }: FormFacts): string | null => {
    const value = recall.details[name];
    return value === undefined || value === null || value === '' ? null : String(value);
  };
const eachGoods =
  (tell: (goods: FormGoods) => string | null) =>
  ({ goods }: FormFacts): string | null => {
    const told = goods.map((one) => tell(one)).filter((text) => text !== null);
    return told.length === 0 ? null : told.join('; ');
  };
const total = ({ goods }: FormFacts): string | null =>
  goods.length === 0 ? null : String(goods.reduce((sum, one) => sum + one.items, 0n));
const chronology = ({ recall }: FormFacts): string | null => {
  const facts = recall.details.chronology;
  if (!Array.isArray(facts) || facts.length === 0) return null;
  return facts
    .map(({ at, fact, count }: { at: string; fact: string; count?: number }) =>
      [String(at).slice(0, 10), fact, count === undefined || count === null ? null : `(${count})`]
        .filter((part) => part !== null)
        .join(' '),
    )
    .join('; ');
};
const told =
  (value: (report: RecallReport) => string | number | bigint) =>
  ({ report }: FormFacts): string | null =>
    report === null ? null : String(value(report));
const unreachable = (report: RecallReport): bigint =>
  report.progress.unreachable.reduce((sum, one) => sum + one.items, 0n);
const remediedAt = (report: RecallReport, isAsked: (tier: string) => boolean): bigint =>
  report.progress.byTier.filter(({ tier }) => isAsked(tier)).reduce((sum, one) => sum + one.remedied, 0n);
const isOperator = (tier: string): boolean =>
  tier === 'MAKER' || tier === 'DISTRIBUTOR' || tier === 'RETAILER';
/** Remedied where it had not reached a user. */
const removed = (report: RecallReport): bigint => remediedAt(report, isOperator);
const soldItems = (report: RecallReport): bigint =>
  report.byChannel.filter(({ channel }) => channel !== 'UNSOLD').reduce((sum, one) => sum + one.items, 0n);
const quarter = (at: Date): string => `${at.getUTCFullYear()}-Q${Math.ceil((at.getUTCMonth() + 1) / 3)}`;

const products = eachGoods(({ name, model, gtin }) => [name, model, gtin].filter(Boolean).join(' '));
const built = eachGoods(({ producedFrom, producedTo }) =>
  producedFrom === null ? null : `${day(producedFrom)} to ${day(producedTo ?? producedFrom)}`,
);
const serials = eachGoods(({ serialFrom, serialTo }) =>
  serialFrom === null ? null : `${serialFrom} to ${serialTo}`,
);
const lots = eachGoods(({ gtin, lots: all }) => (all.length === 0 ? null : `${gtin}: ${all.join(' ')}`));
const sellers = ({ sellers: all }: FormFacts): string | null =>
  all.length === 0
    ? null
    : all.map(({ name, country, items }) => `${name} (${country ?? '?'}): ${items}`).join('; ');

/** 49 CFR 573.6(c). */
const nhtsa573: readonly Field[] = [
  ['manufacturer', "Manufacturer's name", ({ dates }) => dates.openerName],
  ['campaign', "Manufacturer's campaign number", ({ recall }) => recall.number],
  ['products', 'Make, line, model', products],
  ['buildDates', 'Inclusive dates of manufacture', built],
  ['serialRange', 'VIN range or other identification', serials],
  [
    'basis',
    'How the population was found, and how it differs from similar goods left out',
    detail('scopeBasis'),
  ],
  ['population', 'Number of vehicles or items', total],
  ['percentDefective', 'Estimated percentage with the defect', detail('percentDefective')],
  ['component', 'Component', detail('component')],
  ['componentMaker', 'Manufacturer of the component', detail('partMaker')],
  ['defect', 'Description of the defect', ({ recall }) => recall.defect],
  ['cause', 'Cause', detail('cause')],
  ['risk', 'Risk to motor vehicle safety', ({ recall }) => recall.risk],
  ['warnings', 'Warning that can occur', detail('warnings')],
  ['chronology', 'Chronology', chronology],
  ['remedy', 'Remedy programme', detail('remedyPlan')],
  ['remedyFrom', 'Remedy available from', detail('remedyFrom')],
  ['reimbursement', 'Reimbursement', detail('reimbursement')],
  ['dealersFrom', 'Dealer notices begin', ({ dates }) => day(dates.noticesFrom)],
  ['dealersTo', 'Dealer notices end', ({ dates }) => day(dates.noticesTo)],
  ['ownersFrom', 'Owner notices begin', ({ dates }) => day(dates.buyersFrom)],
  ['ownersTo', 'Owner notices end', ({ dates }) => day(dates.buyersTo)],
];

/** The thirteen fields of the published quarterly file. */
const nhtsaQuarterly: readonly Field[] = [
  ['MFGTXT', 'Manufacturer', ({ dates }) => dates.openerName],
  ['CAMPNO', "The authority's campaign number", ({ dates }) => dates.authorityNumbers],
  ['MFGCAMPNO', "Manufacturer's campaign number", ({ recall }) => recall.number],
  ['RCLSUBJ', 'Subject', ({ recall }) => recall.title],
  ['ODATE', 'Owner notices begin', ({ dates }) => day(dates.buyersFrom)],
  ['ODATEEND', 'Owner notices end', ({ dates }) => day(dates.buyersTo)],
  ['RPTNO', 'Number of the report', ({ dates }) => String(dates.quarterlyReports + 1)],
  ['RPTQTR', 'Quarter', told(({ to }) => quarter(to))],
  ['INVOLVED', 'Involved', told(({ involved }) => involved)],
  ['TTLREMEDIED', 'Remedied', told(({ remedied }) => remedied)],
  ['TTLUNREACH', 'Unreachable', told(unreachable)],
  ['TTLREMOVED', 'Removed before sale', told(removed)],
  ['SUBMDATE', 'Submitted', told(() => day(new Date()) as string)],
];

/** Annex of the defect report form for vehicles. */
const chinaVehiclePlan: readonly Field[] = [
  ['manufacturer', '生产者', ({ dates }) => dates.openerName],
  ['authorityNumber', '召回编号', ({ dates }) => dates.authorityNumbers],
  ['campaign', '生产者召回编号', ({ recall }) => recall.number],
  ['products', '品牌、车型、型号', products],
  ['buildDates', '生产日期范围', built],
  ['serialRange', '车辆识别代号（VIN）范围', serials],
  ['population', '涉及数量', total],
  ['modelCounts', '各车型涉及数量', eachGoods(({ name, gtin, items }) => `${name} ${gtin}: ${items}`)],
  ['component', '缺陷所在系统及部位', detail('component')],
  ['defect', '缺陷描述', ({ recall }) => recall.defect],
  ['cause', '缺陷原因', detail('cause')],
  ['risk', '可能造成的后果', ({ recall }) => recall.risk],
  ['warnings', '发生前的警示', detail('warnings')],
  ['partMaker', '缺陷零部件供应商', detail('partMaker')],
  ['reports', '投诉、报告数量', detail('reports')],
  ['injuries', '受伤人数', detail('injuries')],
  ['deaths', '死亡人数', detail('deaths')],
  ['chronology', '缺陷发现及确认过程', chronology],
  ['remedy', '维修措施', detail('remedyPlan')],
  ['remedyFrom', '召回开始日期', detail('remedyFrom')],
  ['stopMeasures', '停止生产、销售及进口情况', detail('stopMeasures')],
  ['instructions', '应急处置方式', ({ recall }) => recall.instructions],
  ['contact', '联系方式', detail('contact')],
];

/** Annex 2 of the consumer product recall plan. */
const chinaConsumerPlan: readonly Field[] = [
  ['manufacturer', '生产者', ({ dates }) => dates.openerName],
  ['authorityNumber', '召回编号', ({ dates }) => dates.authorityNumbers],
  ['creditCode', '统一社会信用代码', detail('creditCode')],
  ['products', '产品名称、品牌、型号规格', products],
  ['lots', '生产批号', lots],
  ['buildDates', '生产日期范围', built],
  ['made', '生产数量', eachGoods(({ gtin, made }) => `${gtin}: ${made}`)],
  ['population', '召回数量', total],
  ['sellers', '主要销售者、地区及数量', sellers],
  ['defect', '缺陷描述', ({ recall }) => recall.defect],
  ['risk', '可能造成的伤害', ({ recall }) => recall.risk],
  ['chronology', '缺陷发现时间及过程', chronology],
  ['reports', '投诉、索赔数量', detail('reports')],
  ['injuries', '受伤人数', detail('injuries')],
  ['cause', '缺陷原因', detail('cause')],
  ['partMaker', '缺陷零部件生产者', detail('partMaker')],
  ['repairPartMaker', '维修零部件生产者', detail('repairPartMaker')],
  ['stopMeasures', '停止生产、销售措施', detail('stopMeasures')],
  ['remedy', '补救措施', detail('remedyPlan')],
  ['instructions', '应急处置方式', ({ recall }) => recall.instructions],
  ['contact', '联系方式', detail('contact')],
];

const chinaStage: readonly Field[] = [
  ['manufacturer', '生产者', ({ dates }) => dates.openerName],
  ['authorityNumber', '召回编号', ({ dates }) => dates.authorityNumbers],
  ['from', '本阶段开始日期', told(({ from }) => day(from) as string)],
  ['to', '本阶段结束日期', told(({ to }) => day(to) as string)],
  ['operatorsTold', '已通知经营者数量', told(({ notices }) => notices.parties)],
  ['operatorsAnswered', '已确认经营者数量', told(({ notices }) => notices.acknowledged)],
  ['consumersTold', '已通知消费者（车主）数量', ({ dates }) => String(dates.buyersTold)],
  ['made', '生产数量', eachGoods(({ gtin, made }) => `${gtin}: ${made}`)],
  ['sold', '销售数量', told(soldItems)],
  ['planned', '计划召回数量', told(({ involved }) => involved)],
  ['stage', '本阶段完成数量', told(({ remediedInPeriod }) => remediedInPeriod)],
  ['total', '累计完成数量', told(({ remedied }) => remedied)],
  ['fromOperators', '其中自经营者', told(removed)],
  [
    'fromConsumers',
    '其中自消费者（车主）',
    told((report) => remediedAt(report, (tier) => !isOperator(tier))),
  ],
  [
    'rateOfPlan',
    '完成数量与计划数量之比（%）',
    told(({ remedied, involved }) => percentOf(remedied, involved)),
  ],
  [
    'rateOfSold',
    '完成数量与销售数量之比（%）',
    told((report) => percentOf(report.remedied, soldItems(report))),
  ],
  ['unreachable', '无法联系数量', told(unreachable)],
  ['deviations', '与计划的偏差', detail('deviations')],
  ['nextSteps', '下一步措施', detail('nextSteps')],
  ['contact', '联系方式', detail('contact')],
];

export const forms: Readonly<Record<RecallForm, readonly Field[]>> = {
  NHTSA_573: nhtsa573,
  NHTSA_QUARTERLY: nhtsaQuarterly,
  CN_VEHICLE_PLAN: chinaVehiclePlan,
  CN_CONSUMER_PLAN: chinaConsumerPlan,
  CN_VEHICLE_STAGE: chinaStage,
  CN_CONSUMER_STAGE: chinaStage,
};

/** Names are unique in a form: a spreadsheet and a filing are keyed by them. */
for (const [form, fields] of Object.entries(forms))
  if (new Set(fields.map(([name]) => name)).size < fields.length)
    throw new Error(`form ${form}: two fields have one name`);
