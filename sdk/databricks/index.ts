export { Access, type AccessArgs } from "./access.js";
export type { Connection, ConnectionSettings } from "./connection.js";
export type {
  Approval,
  ApproverRole,
  Compliance,
  Consumer,
  ConsumerGrant,
  ConsumerStatus,
  EvidenceLevel,
  Evaluation,
  Notice,
  Permission,
  Withdrawal,
} from "./dataProduct/types.js";
export { DataProduct } from "./dataProduct.js";
export type { DataProductArgs } from "./dataProductArgs.js";
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
