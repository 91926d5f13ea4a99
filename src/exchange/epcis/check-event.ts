/** The form of one event against EPCIS 2.0: what GS1's JSON schema asks, and what it lets through though the standard forbids it. */

import { standardWords, vocabularyNames } from './cbv-vocabulary.js';
import { cbvWord, type Vocabulary } from './cbv-words.js';
import type { Context } from './context.js';
import { commonFields, fieldsOfType, sensorMetadataFields, sensorReportFields } from './event-fields.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';
import { typeOf } from './reading.js';
import type { Remarker } from './rows.js';

interface Check {
  event: JsonObject;
  context: Context;
  remark: Remarker;
}

export const isUri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text);
const isDateTime = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i.test(text) &&
  !Number.isNaN(Date.parse(text));

/** Tells every fault and deviation of the event's form. Identifiers are judged where they are read. */
export function checkEvent(event: JsonObject, context: Context, remark: Remarker): void {
  const check = { event, context, remark };
  checkNames(check);
  checkAction(check);
  checkWord(check, 'bizStep', event.bizStep, 'BizStep');
  checkWord(check, 'disposition', event.disposition, 'Disp');
  checkLasting(check);
  checkTyped(check, 'bizTransactionList', 'bizTransaction', 'BTT');
  checkTyped(check, 'sourceList', 'source', 'SDT');
  checkTyped(check, 'destinationList', 'destination', 'SDT');
  checkId(check, 'eventID', event.eventID);
  checkId(check, 'transformationID', event.transformationID);
  checkTime(check, 'recordTime', event.recordTime);
  checkPlaces(check);
  checkCertification(check);
  checkIlmd(check);
  checkSensors(check);
  checkDeclaration(check);
}

function checkNames({ event, remark }: Check): void {
  const type = typeOf(event);
  const fields = fieldsOfType(type);
  if (fields === null) {
    const rule =
      'should be ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent';
    remark.fault('type', event.type, `type ${textOf(event.type) ?? 'missing'}: ${rule}`);
    return;
  }
  for (const name of Object.keys(event)) {
    if (commonFields.has(name) || fields.has(name) || name.includes(':') || name.startsWith('@')) continue;
    if (name === 'action' || name === 'isA' || name.startsWith('_'))
      remark.repair(name, `${name}: is no field of a ${type}, kept and not read`);
    else
      remark.fault(
        name,
        event[name],
        `${name}: is no field of a ${type}, and a field of one's own needs a namespace`,
      );
  }
}

function checkAction({ event, remark }: Check): void {
  if (typeOf(event) === 'TransformationEvent') return;
  const given = textOf(event.action);
  if (given !== undefined && ['ADD', 'OBSERVE', 'DELETE'].includes(given)) return;
  if (given !== undefined && ['ADD', 'OBSERVE', 'DELETE'].includes(given.toUpperCase()))
    remark.repair('action', `action ${given}: should be written ${given.toUpperCase()}`);
  else remark.fault('action', event.action, `action ${given ?? 'missing'}: should be ADD, OBSERVE or DELETE`);
}

/** A bare word must be one of the CBV's, a word of one's own a URI; the URN form of EPCIS 1.2 is read but not valid in JSON. */
function checkWord({ context, remark }: Check, path: string, value: unknown, vocabulary: Vocabulary): void {
  if (value === undefined || value === null) return;
  const text = textOf(isObject(value) ? (value.id ?? value['@id']) : value);
  const name = path.split('.').at(-1) ?? path;
  const what = vocabularyNames[vocabulary];
  const word = text === undefined ? '' : cbvWord(text, vocabulary, context);
  if (text === undefined) remark.fault(path, value, `${name}: should be a ${what}`);
  else if (standardWords[vocabulary].has(word)) {
    if (isObject(value)) remark.repair(path, `${name}: should be the word itself, read as ${word}`);
    else if (/^urn:epcglobal:cbv:/i.test(text))
      remark.repair(path, `${name} ${text}: should be the bare word, read as ${word}`);
  } else if (/^urn:epcglobal:cbv:/i.test(text)) {
    remark.repair(path, `${name} ${text}: is no ${what} of CBV 2.0 and no URI of one's own, kept as it is`);
  } else if (!isUri(text))
    remark.fault(path, value, `${name} ${text}: is no ${what} of CBV 2.0, and one of one's own is a URI`);
}

function checkLasting(check: Check): void {
  const lasting = check.event.persistentDisposition;
  if (lasting === undefined) return;
  if (!isObject(lasting)) {
    check.remark.fault('persistentDisposition', lasting, 'persistentDisposition: should have set or unset');
    return;
  }
  for (const side of ['set', 'unset'])
    listOf(lasting[side]).forEach((word, index) => {
      checkWord(check, `persistentDisposition.${side}[${index}]`, word, 'Disp');
    });
}

/** Lists of a type and an identifier. */
function checkTyped(check: Check, list: string, key: string, vocabulary: Vocabulary): void {
  const value = check.event[list];
  if (value === undefined) return;
  if (!Array.isArray(value)) check.remark.repair(list, `${list}: should be a list, read as one of one entry`);
  listOf(value).forEach((entry: unknown, index) => {
    const path = `${list}[${index}]`;
    if (!isObject(entry)) {
      check.remark.fault(path, entry, `${list}: an entry should be an object with ${key}`);
      return;
    }
    if (entry.type === undefined && list !== 'bizTransactionList')
      check.remark.fault(`${path}.type`, undefined, `type: is missing, a ${key} has one`);
    checkWord(check, `${path}.type`, entry.type, vocabulary);
    const id = textOf(entry[key] ?? entry.id);
    if (id === undefined) check.remark.fault(`${path}.${key}`, entry[key], `${key}: is missing`);
    else if (!isUri(id))
      check.remark.repair(`${path}.${key}`, `${key} ${id}: should be a URI, kept as it is`);
  });
  if (
    list === 'bizTransactionList' &&
    typeOf(check.event) === 'TransactionEvent' &&
    listOf(value).length === 0
  )
    check.remark.fault(list, value, `${list}: is empty, a TransactionEvent names a document`);
}

function checkId({ remark }: Check, path: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const text = textOf(value);
  if (text === undefined) remark.fault(path, value, `${path}: should be a URI`);
  else if (!isUri(text)) remark.repair(path, `${path} ${text}: should be a URI, kept as it is`);
}

function checkTime({ remark }: Check, path: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const text = textOf(value);
  if (text === undefined || !isDateTime(text))
    remark.repair(path, `${path} ${JSON.stringify(value)}: should be a date-time with offset, not read`);
}

function checkPlaces({ event, remark }: Check): void {
  for (const name of ['readPoint', 'bizLocation']) {
    const value = event[name];
    if (value === undefined) continue;
    if (typeof value === 'string')
      remark.repair(name, `${name}: should be an object with id, read as its id`);
    else if (!isObject(value) || textOf(value.id ?? value['@id']) === undefined)
      remark.fault(name, value, `${name}: should have an id`);
  }
}

function checkCertification({ event, remark }: Check): void {
  listOf(event.certificationInfo).forEach((entry: unknown, index) => {
    const path = Array.isArray(event.certificationInfo) ? `certificationInfo[${index}]` : 'certificationInfo';
    if (typeof entry !== 'string')
      remark.fault(path, entry, 'certificationInfo: should be a URI or a list of URIs');
    else if (!isUri(entry)) remark.repair(path, `certificationInfo ${entry}: should be a URI, kept as it is`);
  });
}

function checkIlmd({ event, remark }: Check): void {
  const ilmd = event.ilmd;
  if (ilmd === undefined || ilmd === null) return;
  if (!isObject(ilmd)) {
    remark.fault('ilmd', ilmd, 'ilmd: should be an object');
    return;
  }
  if (typeOf(event) === 'ObjectEvent' && textOf(event.action)?.toUpperCase() !== 'ADD')
    remark.repair('ilmd', 'ilmd: belongs to goods that an event adds, kept and not read');
  for (const name of Object.keys(ilmd)) {
    if (!name.includes(':') && !name.startsWith('@'))
      remark.fault(`ilmd.${name}`, ilmd[name], `${name}: a field of ilmd needs a namespace`);
  }
}

/** Sensor data is kept as it came; only what nobody could read is told. */
function checkSensors({ event, remark }: Check): void {
  listOf(event.sensorElementList).forEach((element: unknown, index) => {
    const path = `sensorElementList[${index}]`;
    if (!isObject(element)) {
      remark.fault(path, element, 'sensorElementList: an entry should be an object');
      return;
    }
    checkSensorNames(`${path}.sensorMetadata`, element.sensorMetadata, sensorMetadataFields, remark);
    listOf(element.sensorReport).forEach((report, position) => {
      const place = `${path}.sensorReport[${position}]`;
      checkSensorNames(place, report, sensorReportFields, remark);
      if (isObject(report) && typeof report.value === 'string' && !Number.isNaN(Number(report.value)))
        remark.note(`${place}.value`, `value "${report.value}": is text, read as the number`);
    });
  });
}

function checkSensorNames(path: string, value: unknown, fields: ReadonlySet<string>, remark: Remarker): void {
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    if (fields.has(name) || name.includes(':') || name.startsWith('@')) continue;
    remark.repair(`${path}.${name}`, `${name}: a field of one's own needs a namespace, kept as it is`);
  }
}

function checkDeclaration(check: Check): void {
  const declaration = check.event.errorDeclaration;
  if (declaration === undefined || declaration === null) return;
  const path = 'errorDeclaration';
  if (!isObject(declaration)) {
    check.remark.fault(path, declaration, 'errorDeclaration: should be an object with declarationTime');
    return;
  }
  const time = textOf(declaration.declarationTime);
  if (time === undefined || !isDateTime(time))
    check.remark.fault(
      `${path}.declarationTime`,
      declaration.declarationTime,
      `declarationTime ${time ?? 'missing'}: should be a date-time with offset`,
    );
  checkWord(check, `${path}.reason`, declaration.reason, 'ER');
  const corrective = listOf(declaration.correctiveEventIDs ?? declaration.correctiveEventIds);
  const reason = cbvWord(textOf(declaration.reason) ?? '', 'ER', check.context);
  if (reason === 'did_not_occur' && corrective.length > 0)
    check.remark.repair(
      `${path}.correctiveEventIDs`,
      'correctiveEventIDs: an event that did not occur has none, kept and not read',
    );
}
