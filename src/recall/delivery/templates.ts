/** The fixed words of notices, in English and Chinese: data. None of them plays the danger down; a test reads them all. */
import type { NoticeKind, NoticeLanguage, Reader } from './notice-content.js';

interface Template {
  heading: string;
  subject: Readonly<Record<NoticeKind, string>>;
  /** First sentence, by kind; `{sender}` is who writes. */
  opening: Readonly<Record<NoticeKind, string>>;
  /** Why this reader is told. */
  because: Readonly<Record<Reader, string>>;
  labels: Readonly<
    Record<
      | 'to'
      | 'number'
      | 'issuer'
      | 'goods'
      | 'removed'
      | 'defect'
      | 'risk'
      | 'instructions'
      | 'remedyPlan'
      | 'remedyFrom'
      | 'contact'
      | 'message'
      | 'dueAt'
      | 'lot'
      | 'serial'
      | 'reference',
      string
    >
  >;
  doNotUse: string;
  possible: string;
  /** `{shown}` of `{total}`. */
  more: string;
}

const english: Template = {
  heading: 'Product safety recall',
  subject: {
    INITIAL: 'notice',
    INTERIM: 'interim notice, remedy to follow',
    FINAL: 'the remedy is ready',
    ADDED: 'further goods are affected',
    CHANGED: 'changed notice',
    REMOVED: 'some goods are no longer affected',
    REMINDER: 'reminder, please answer',
    CLOSING: 'the recall ends',
  },
  opening: {
    INITIAL: '{sender} informs you of a product safety recall.',
    INTERIM:
      '{sender} informs you of a product safety recall. The remedy is not ready yet; we write again when it is.',
    FINAL: '{sender} informs you that the remedy of this recall is ready.',
    ADDED: '{sender} informs you that further goods of yours are affected.',
    CHANGED: '{sender} informs you that this recall has changed. This notice replaces the one before.',
    REMOVED:
      '{sender} informs you that some goods of yours are affected no longer. Those listed under Goods still are.',
    REMINDER: '{sender} has no answer from you to this recall yet.',
    CLOSING: '{sender} informs you that this recall ends. Goods that were not remedied stay recalled.',
  },
  because: {
    HOLDER: 'You hold, held, sold or built in the goods listed here.',
    SUPPLIER: 'You made the goods listed here, by which the defect came in.',
    AUTHORITY: 'You watch over the safety of these goods.',
    BUYER: 'You bought, or keep, the goods listed here.',
    POSSIBLE_BUYER:
      'You bought goods that may be affected. Please check the lot or serial number on yours against the numbers listed here.',
  },
  labels: {
    to: 'To',
    number: 'Recall number',
    issuer: 'Recalled by',
    goods: 'Goods',
    removed: 'No longer affected',
    defect: 'What is wrong',
    risk: 'The danger',
    instructions: 'What to do',
    remedyPlan: 'What we do about it, free of charge',
    remedyFrom: 'Remedy available from',
    contact: 'Where to turn to',
    message: 'Further',
    dueAt: 'Please answer by',
    lot: 'lot',
    serial: 'serial',
    reference: 'Reference of this notice',
  },
  doNotUse: 'STOP USING THE GOODS AT ONCE.',
  possible: 'may be affected',
  more: '{shown} of {total} entries are listed here; the whole list is in the service under this notice.',
};

const chinese: Template = {
  heading: '产品安全召回',
  subject: {
    INITIAL: '通知',
    INTERIM: '临时通知，补救措施将另行通知',
    FINAL: '补救措施已就绪',
    ADDED: '受影响产品增加',
    CHANGED: '通知变更',
    REMOVED: '部分产品不再受影响',
    REMINDER: '催办，请予答复',
    CLOSING: '召回结束',
  },
  opening: {
    INITIAL: '{sender}谨通知您一项产品安全召回。',
    INTERIM: '{sender}谨通知您一项产品安全召回。补救措施尚未就绪，就绪后将再次通知。',
    FINAL: '{sender}谨通知您，本次召回的补救措施已就绪。',
    ADDED: '{sender}谨通知您，您的更多产品受到影响。',
    CHANGED: '{sender}谨通知您，本次召回内容已变更。本通知取代此前的通知。',
    REMOVED: '{sender}谨通知您，您的部分产品不再受影响。“产品”一栏所列的仍受影响。',
    REMINDER: '{sender}尚未收到您对本次召回的答复。',
    CLOSING: '{sender}谨通知您，本次召回结束。尚未补救的产品仍在召回之列。',
  },
  because: {
    HOLDER: '您持有、曾持有、销售或装配了此处所列产品。',
    SUPPLIER: '此处所列产品由您生产，缺陷由此产生。',
    AUTHORITY: '您负责监督这些产品的安全。',
    BUYER: '您购买或使用此处所列产品。',
    POSSIBLE_BUYER: '您购买的产品可能受影响。请将产品上的批号或序列号与此处所列号码核对。',
  },
  labels: {
    to: '致',
    number: '召回编号',
    issuer: '召回实施者',
    goods: '产品',
    removed: '不再受影响的产品',
    defect: '缺陷',
    risk: '可能的危害',
    instructions: '应急处置',
    remedyPlan: '补救措施（免费）',
    remedyFrom: '补救措施开始日期',
    contact: '联系方式',
    message: '补充说明',
    dueAt: '请于此时间前答复',
    lot: '批号',
    serial: '序列号',
    reference: '本通知编号',
  },
  doNotUse: '请立即停止使用。',
  possible: '可能受影响',
  more: '此处列出 {total} 项中的 {shown} 项；完整清单见系统中本通知。',
};

export const templates: Readonly<Record<NoticeLanguage, Template>> = { en: english, zh: chinese };
