// The demo's three questions as GraphQL, and the shapes of their answers.
import { defectiveCellLot, products } from './story.js';

export interface Range {
  value: string;
  atMost: string;
  unit: string;
}

interface Connection<T> {
  edges: { node: T }[];
  pageInfo: { hasNextPage: boolean };
}

export interface StateQuantities {
  product: { name: string; gtin: string };
  made: Range;
  consumed: Range;
  fitted: Range;
  onHand: Range;
  inTransit: Range;
  sold: Range;
  scrapped: Range;
  unaccounted: Range;
}

export interface Summary {
  batches: number;
  finishedBatches: number;
  items: string | null;
  finishedItems: string | null;
  certainItems: string | null;
  possibleItems: string | null;
  holders: number | null;
  retailers: number | null;
  buyers: string | null;
  certainBuyers: string | null;
  soldWithoutBuyer: Range[] | null;
}

/** The rule of the demo's recall: every batch of the cell lot, whoever assigned the number. */
export const cellLotRule = { batch: { gtin: products.cell, lot: defectiveCellLot } } as const;

const summaryFields = `summary {
      batches finishedBatches items finishedItems certainItems possibleItems
      holders retailers buyers certainBuyers soldWithoutBuyer { value atMost unit }`;

export interface ManufacturerAnswer {
  recallScope: {
    watermark: string;
    isComplete: boolean;
    viewLimited: boolean;
    summary: Summary;
    batches: Connection<{
      batch: { lot: string | null; product: { name: string } };
      certainty: string;
      share: { numerator: string; denominator: string } | null;
      origin: boolean;
      depth: number;
      items: string;
    }>;
    holders: Connection<{
      party: { name: string };
      site: { name: string; country: string | null };
      role: string;
      certainty: string;
      quantities: { product: { name: string }; onHand: Range; sold: Range }[];
    }>;
    buyers: Connection<{
      certainty: string;
      stillHolds: string;
      purchases: { product: { name: string } | null; serial: string | null; soldAt: string | null }[];
    }>;
    gaps: Connection<{ message: string }>;
  };
}

/** Manufacturer: what did the cell lot reach? */
export const manufacturerQuestion = `query WhatDidTheCellLotReach($rule: ScopeRuleInput!) {
  recallScope(rule: $rule) {
    watermark isComplete viewLimited
    ${summaryFields}
    }
    batches(first: 20) { edges { node {
      batch { lot product { name } } certainty share { numerator denominator } origin depth items
    } } pageInfo { hasNextPage } }
    holders(first: 12, role: RETAILER) { edges { node {
      party { name } site { name country } role certainty
      quantities { product { name } onHand { value atMost unit } sold { value atMost unit } }
    } } pageInfo { hasNextPage } }
    buyers(first: 8) { edges { node {
      certainty stillHolds purchases { product { name } serial soldAt }
    } } pageInfo { hasNextPage } }
    gaps(first: 5) { edges { node { message } } pageInfo { hasNextPage } }
  }
}`;

export interface RetailerAnswer {
  stock: Connection<{
    site: { name: string };
    product: { name: string; gtin: string };
    batch: { lot: string | null } | null;
    item: { serial: string } | null;
    quantity: Range;
    certainty: string | null;
  }>;
}

/** Retailer: which of my stock does the published recall name? */
export const retailerQuestion = `query MyAffectedStock($recall: String!) {
  stock(filter: { recall: $recall }, first: 100) {
    edges { node {
      site { name } product { name gtin } batch { lot } item { serial } quantity { value atMost unit } certainty
    } }
    pageInfo { hasNextPage }
  }
}`;

export interface RegulatorAnswer {
  recallScope: {
    isComplete: boolean;
    viewLimited: boolean;
    summary: Summary & { quantities: StateQuantities[] | null };
    distribution: {
      key: string | null;
      holders: number;
      retailers: number;
      buyers: string | null;
      certainBuyers: string | null;
    }[];
  };
}

/** Regulator: how far did it spread, and does the mass balance close? */
export const regulatorQuestion = `query ScopeOfTheRecall($rule: ScopeRuleInput!) {
  recallScope(rule: $rule) {
    isComplete viewLimited
    ${summaryFields}
      quantities {
        product { name gtin }
        made { value atMost unit } consumed { value atMost unit } fitted { value atMost unit }
        onHand { value atMost unit } inTransit { value atMost unit } sold { value atMost unit }
        scrapped { value atMost unit } unaccounted { value atMost unit }
      }
    }
    distribution(by: COUNTRY) { key holders retailers buyers certainBuyers }
  }
}`;

export const openRecallMutation = `mutation Open($input: OpenRecallInput!) {
  openRecall(input: $input) { recall { number state } problems { code message } }
}`;

export const publishRecallMutation = `mutation Publish($input: PublishRecallInput!) {
  publishRecall(input: $input) { recall { number state } problems { code message } }
}`;

export const recallQuery = `query Recall($number: String!) { recall(number: $number) { number state } }`;
