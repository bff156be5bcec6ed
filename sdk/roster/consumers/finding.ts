import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import type { AuditFinding } from "./formats.js";

/** A finding about a request. */
export function found(kind: AuditFinding["kind"], consumer: Consumer, message: string): AuditFinding {
  const { consumerId, requestId, place } = consumer;
  return { kind, consumer_id: consumerId, request_id: requestId, message, file: place.file, line: place.line };
}
