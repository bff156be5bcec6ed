import { describeUnless } from "../skip.js";
import { group, members, membership, secret, user, type Declaration } from "./declare.js";
import { ENGINES, NO_REAL_ENGINE } from "./engines.js";
import { scene, superuser } from "./scene.js";
import { Workspace } from "./workspace.js";

const program: Declaration[] = [
  user("ana", { password: secret("correct horse"), passwordVersion: 1, comment: "Ana", validUntil: "2031-01-01" }),
  user("rui", { existing: "adopt" }),
  group("analysts"),
  group("readers"),
  membership("analysts", "ana"),
  members("readers", ["ana", "rui"], { ignore: ["svc_*"] }, { dependsOn: ["ana", "rui"] }),
];

describeUnless(NO_REAL_ENGINE, "a stack that goes from one engine to another", function () {
  this.timeout(300_000);
  for (const from of ENGINES) {
    for (const to of ENGINES.filter((engine) => engine !== from)) {
      it(`from ${from.kind} to ${to.kind}: nothing to do there`, () =>
        scene({ engine: from }, async (first, db) => {
          await first.up(program);
          const exported = JSON.stringify(await first.export());
          const second = await Workspace.create(to, superuser(db));
          try {
            second.declare(program);
            await second.run(["stack", "import"], exported);
            await second.run(["preview", "--expect-no-changes"]);
            await second.expectNoChanges();
            await second.destroy();
          } finally {
            await second.remove();
          }
        }));
    }
  }
});
