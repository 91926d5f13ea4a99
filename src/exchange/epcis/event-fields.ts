/** The fields that EPCIS 2.0 gives each type of event. */

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const commonFields =
  names(`@context type eventTime recordTime eventTimeZoneOffset eventID certificationInfo
  errorDeclaration`);

const place = `bizStep disposition readPoint bizLocation bizTransactionList sourceList destinationList sensorElementList`;

const fields: Readonly<Record<string, ReadonlySet<string>>> = {
  ObjectEvent: names(`epcList quantityList action persistentDisposition ilmd ${place}`),
  AggregationEvent: names(`parentID childEPCs childQuantityList action persistentDisposition ${place}`),
  AssociationEvent: names(`parentID childEPCs childQuantityList action persistentDisposition ${place}`),
  TransactionEvent: names(`parentID epcList quantityList action persistentDisposition ${place}`),
  TransformationEvent:
    names(`inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID ilmd
    persistentDisposition ${place}`),
};

/** The fields of a type beside the common ones; null of what is no type. CBV 2.0 wants persistentDisposition everywhere. */
export const fieldsOfType = (type: string): ReadonlySet<string> | null =>
  Object.hasOwn(fields, type) ? (fields[type] ?? null) : null;

export const sensorMetadataFields = names(`type time deviceID deviceMetadata rawData startTime endTime
  dataProcessingMethod bizRules`);

export const sensorReportFields =
  names(`type exception deviceID deviceMetadata rawData dataProcessingMethod bizRules time
  microorganism chemicalSubstance value component stringValue booleanValue hexBinaryValue uriValue minValue maxValue
  meanValue sDev percRank percValue uom coordinateReferenceSystem`);
