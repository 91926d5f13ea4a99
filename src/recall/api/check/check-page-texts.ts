/** Words of the public page beside those of the answer itself. */
import type { Language } from '../campaign/language.js';

export interface PageTexts {
  title: string;
  /** Of the page without a code, or with one that is none. */
  heading: string;
  notRead: string;
  enter: string;
  code: string;
  codeHint: string;
  check: string;
  readMore: string;
  lot: string;
  expiry: string;
  serial: string;
  gtin: string;
  product: string;
  checkedAt: string;
  risk: string;
  whatToDo: string;
  remedy: string;
  remedyFrom: string;
  contact: string;
  number: string;
  published: string;
  another: string;
  /** Name of the other language, in that language. */
  otherLanguage: string;
  /** Before what its opener wrote in a language that is not told. */
  original: string;
  tooMany: string;
  broken: string;
}

export const pageTexts: Readonly<Record<Language, PageTexts>> = {
  EN: {
    title: 'Recall check',
    heading: 'Is it recalled?',
    notRead: 'This code cannot be read',
    enter: 'Enter what is printed on the product or its package.',
    code: 'Code of the product',
    codeHint:
      'The digits below the bar code, the text of a two-dimensional code, a link, or a vehicle identification number.',
    check: 'Check',
    readMore: 'Enter what more is printed on it',
    lot: 'Lot',
    expiry: 'Expiry date',
    serial: 'Serial number',
    gtin: 'Article number (GTIN)',
    product: 'What was checked',
    checkedAt: 'Checked at',
    risk: 'What can happen',
    whatToDo: 'What to do',
    remedy: 'What is done about it',
    remedyFrom: 'From',
    contact: 'Where to turn to',
    number: 'Number of the recall',
    published: 'Published',
    another: 'Check another product',
    otherLanguage: '中文',
    original: 'As the firm that recalls it wrote it:',
    tooMany: 'Too many questions came from your network. Please try again in a minute.',
    broken: 'This cannot be answered now. Please try again later.',
  },
  ZH: {
    title: '召回查询',
    heading: '产品是否被召回？',
    notRead: '无法识别该代码',
    enter: '请输入产品或包装上印的信息。',
    code: '产品代码',
    codeHint: '条码下方的数字、二维码内容、链接，或车辆识别代号。',
    check: '查询',
    readMore: '请补充产品上印的信息',
    lot: '批号',
    expiry: '有效期',
    serial: '序列号',
    gtin: '商品条码（GTIN）',
    product: '查询对象',
    checkedAt: '查询时间',
    risk: '可能的危险',
    whatToDo: '应当怎样做',
    remedy: '补救措施',
    remedyFrom: '开始时间',
    contact: '联系方式',
    number: '召回编号',
    published: '公布时间',
    another: '查询其他产品',
    otherLanguage: 'English',
    original: '以下为召回企业的原文：',
    tooMany: '来自您所在网络的查询过多，请稍后再试。',
    broken: '暂时无法查询，请稍后再试。',
  },
};
