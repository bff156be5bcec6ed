import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import fc from "fast-check";
import { RosterError } from "../../../provider/core/errors.js";
import { carry } from "../../../provider/core/partial.js";
import { awkwardText } from "./texts.js";

/* Pulumi's own messages, as its provider process packs an error into them (cmd/dynamic-provider). */
const load = createRequire(__filename);
/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-explicit-any -- these modules have no types */
const provider: any = load("@pulumi/pulumi/proto/provider_pb");
const status: any = load("@pulumi/pulumi/proto/status_pb");
const any: any = load("google-protobuf/google/protobuf/any_pb");
const struct: any = load("google-protobuf/google/protobuf/struct_pb");

function answer(error: RosterError): Partial<grpc.StatusObject> & { code: grpc.status; message: string } {
  const metadata = new grpc.Metadata();
  if (error.id !== undefined) {
    const detail = new provider.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(struct.Struct.fromJavaScript(error.properties));
    detail.setReasonsList(error.reasons);
    const details = new any.Any();
    details.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const all = new status.Status();
    all.setCode(grpc.status.UNKNOWN);
    all.setMessage(error.message);
    all.addDetails(details);
    metadata.add("grpc-status-details-bin", Buffer.from(all.serializeBinary() as Uint8Array));
  }
  return { code: grpc.status.UNKNOWN, message: error.message, metadata };
}
/* eslint-enable */

const service = {
  fail: {
    path: "/birds.Birds/Fail",
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: string) => Buffer.from(value),
    requestDeserialize: String,
    responseSerialize: (value: string) => Buffer.from(value),
    responseDeserialize: String,
  },
};

describe("carry", () => {
  let server: grpc.Server;
  let client: grpc.Client;
  let error: RosterError;
  before(async () => {
    server = new grpc.Server();
    server.addService(service, {
      fail: (_call: unknown, callback: grpc.sendUnaryData<string>) => {
        callback(answer(error));
      },
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (failed, bound) => (failed ? reject(failed) : resolve(bound)));
    });
    client = new grpc.Client(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure());
  });
  after(() => {
    client.close();
    server.forceShutdown();
  });

  /** What arrives of an error: its message, and the length of what it carries. */
  function send(sent: RosterError): Promise<{ message: string; carried: number }> {
    error = sent;
    const { path, requestSerialize, responseDeserialize } = service.fail;
    // Without a deadline a call whose answer is never sent waits for ever, as Pulumi does.
    const options = { deadline: Date.now() + 20_000 };
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "please", options, (failed) => {
        const [details] = failed?.metadata.get("grpc-status-details-bin") ?? [];
        resolve({ message: failed?.details ?? "", carried: details?.length ?? 0 });
      });
    });
  }

  const fillings: Record<string, (size: number) => Record<string, unknown>> = {
    "a text": (size) => ({ members: "a".repeat(size) }),
    "a text of three bytes a character": (size) => ({ members: "漢".repeat(size / 3) }),
    "a list of short names": (size) => ({ members: Array.from({ length: size / 5 }, () => "ab") }),
    "many properties": (size) =>
      Object.fromEntries(Array.from({ length: size / 12 }, (_, index) => [`p${String(index)}`, true])),
    "nested objects": (size) => ({ members: Array.from({ length: size / 8 }, () => ({ a: {} })) }),
  };

  for (const [what, filling] of Object.entries(fillings)) {
    it(`lets an error arrive that carries ${what}, however much there is`, async () => {
      const errors = Array.from({ length: 30 }, () => new RosterError("ä".repeat(800)));
      let largest = 0;
      for (let size = 1000; size < 300_000; size *= 1.15) {
        const told = new RosterError("several things could not be done", { said: "🦆".repeat(5000) });
        carry(told, { id: "owl", properties: filling(size), label: "aviary.Flock", errors });
        const { message, carried } = await send(told);
        assert.equal(message, told.message, `${String(size)} bytes`);
        assert.equal(carried > 0, told.id !== undefined);
        largest = Math.max(largest, carried);
      }
      assert.ok(largest > 10_000, String(largest));
    });
  }

  it("lets errors arrive that say anything at all", async () => {
    const text = awkwardText({ minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(text, { minLength: 1 }), text, async (said, reasons, members) => {
        const told = new RosterError("several things could not be done", { said });
        const errors = reasons.map((reason) => new RosterError(reason));
        carry(told, { id: "owl", properties: { members }, label: said, errors });
        assert.equal((await send(told)).message, told.message);
      }),
    );
  });

  it("carries what is of ordinary size", () => {
    const told = new RosterError("failed");
    const properties = { members: "somebody\n".repeat(1000) };
    const label = 'aviary.Flock "oak"';
    carry(told, { id: "owl", properties, label, errors: [told, new RosterError(`${label} is gone`)] });
    const reasons = ['aviary.Flock "oak": failed', 'aviary.Flock "oak" is gone'];
    assert.deepEqual([told.id, told.properties, told.reasons], ["owl", properties, reasons]);
  });
});
