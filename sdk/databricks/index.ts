export { Access, type AccessArgs } from "./access.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export type { Approval, Consumer, ConsumerStatus, Withdrawal } from "./dataProduct/consumer.js";
export type { Evaluation, Notice } from "./dataProduct/evaluate.js";
export type { ConsumerGrant } from "./dataProduct/grants.js";
export type { Permission } from "./dataProduct/permissions.js";
export type { EvidenceLevel } from "./dataProduct/product.js";
export { DataProduct, type DataProductArgs } from "./dataProduct.js";
export { Grant, type GrantArgs } from "./grant.js";
export { Grants, type GrantsArgs } from "./grants.js";
export {
  query,
  type Column,
  type ParameterValue,
  type QueryOptions,
  type QueryResult,
  type Row,
  type Value,
} from "./query.js";
export type {
  GrantsInput,
  PrincipalArgs,
  PrincipalsInput,
  Privilege,
  Securable,
  SecurableInput,
  SecurableType,
} from "./securable.js";
