import { packageOf, type Import } from "./imports.js";

/** One sentence about who may import whom, and which imports break it. */
export interface Rule {
  readonly name: string;
  readonly breaks: (use: Import) => boolean;
}

/** What of provider/ runs in a program too, and why: the rest of it is for Pulumi's provider process alone. */
export const SHARED_WITH_PROGRAMS: Readonly<Record<string, string>> = {
  "provider/core/identities.ts": "a plan that was reviewed names resources as the provider does",
  "provider/core/instants.ts": "a file that a program reads refuses the dates that the provider would",
  "provider/core/leaving.ts": "a plan to review says of what leaves the program what the provider will do with it",
  "provider/core/lines.ts": "program and provider write and read the same text for large lists",
  "provider/core/remembered.ts": "a list is read once for all who ask",
  "provider/postgres/names.ts": "a file that a program reads refuses the names that the provider would",
  "provider/core/oneOf.ts": "what something can be is told in the same words in a file as in a program",
  "provider/core/configKeys.ts": "a program warns of keys of Pulumi config that the provider does not read",
  "provider/core/unknownKeys.ts": "a key that nobody knows is told of in the same words in a file as in a program",
  "provider/core/stacks.ts": "errors of programs have their stacks where those of the provider do",
  "provider/core/report.ts": "program and provider report to the roster that started them",
  "provider/databricks/privileges.ts": "a request for a privilege that there is not is refused at its line",
  "provider/databricks/securables.ts": "the name of a table in a request means what the provider takes it for",
  "provider/core/names.ts": "patterns of names mean the same on both sides of a sync",
};

/**
 * What reads a system for programs, which do that themselves (`civis.getGroups`), or for `roster drift`, and what checks records and hands
 * them over to the provider (`glean.Directory`); everything that it needs of provider/
 * comes with it. Loaded when it is called, so that a program which reads nothing does not wait for it.
 */
const READS_FOR_PROGRAMS = /^provider\/((?!core\/)[^/]+\/(read|handover|checkup|inventory)|core\/notify\/checkup)\.ts$/;

/**
 * Components that make of one system what goes into another: groups of a database (what they make are resources of
 * postgres), and a directory of people with its mapping of fields (of glean).
 */
const JOINS_SYSTEMS: readonly (readonly [files: RegExp, other: string])[] = [
  [/^sdk\/(?!core\/)[^/]+\/groupSync\.ts$/, "sdk/postgres"],
  [/^sdk\/keycloak\/(keycloakPeople|peopleMapping)\.ts$/, "sdk/glean"],
];

/** Packages that talk to live systems, and the files that may use them. */
const NETWORK: Readonly<Record<string, RegExp>> = {
  pg: /^provider\/(?!core\/)[^/]+\/client[^/]*\.ts$/,
  axios: /^provider\/core\/http\.ts$/,
};

const isIn = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);

/** The system that a file is part of: `provider/postgres/user.ts` is of `postgres`. The `roster` command is of none. */
export function systemOf(file: string): string | undefined {
  const [, system, ...rest] = file.split("/");
  return rest.length > 0 && !["core", "roster"].includes(system ?? "") && /^(provider|sdk)\//.test(file)
    ? system
    : undefined;
}

/** The rules on imports; each is shown to bite in layering.test.ts. */
export const RULES: readonly Rule[] = [
  {
    name: "provider/ imports nothing of @pulumi/pulumi, so that its process starts quickly and any version will do",
    breaks: ({ from, to }) => isIn("provider", from) && packageOf(to) === "@pulumi/pulumi",
  },
  {
    name: "provider/ imports no other folder of the repository",
    breaks: ({ from, to, relative }) => isIn("provider", from) && relative && !isIn("provider", to),
  },
  {
    name: "core knows no system",
    breaks: ({ from, to }) => /^(provider|sdk)\/core\//.test(from) && systemOf(to) !== undefined,
  },
  {
    name: "no system knows another, but a component that feeds the groups of a database or a directory of people",
    breaks: ({ from, to }) =>
      systemOf(from) !== undefined &&
      systemOf(to) !== undefined &&
      systemOf(from) !== systemOf(to) &&
      !JOINS_SYSTEMS.some(([files, other]) => files.test(from) && isIn(other, to)),
  },
  {
    name: "only a system's client talks to pg, and only core/http.ts to axios",
    breaks: ({ from, to, typeOnly }) =>
      /^(provider|sdk)\//.test(from) && !typeOnly && NETWORK[packageOf(to)]?.test(from) === false,
  },
  {
    name: "only a system's client, what opens it and what looks at its connections speak HTTP",
    breaks: ({ from, to, typeOnly }) =>
      isIn("provider", from) &&
      !typeOnly &&
      /^provider\/core\/(http|httpConnection)\.ts$/.test(to) &&
      !isIn("provider/core", from) &&
      !/^provider\/[^/]+\/(client[^/]*|settings|checkup)\.ts$/.test(from),
  },
  {
    name: "sdk/ imports types of provider/, and values only of what is shared with programs or reads for them",
    breaks: ({ from, to, typeOnly }) =>
      isIn("sdk", from) &&
      isIn("provider", to) &&
      !typeOnly &&
      SHARED_WITH_PROGRAMS[to] === undefined &&
      !READS_FOR_PROGRAMS.test(to),
  },
  {
    name: "what is shared with programs imports values only of what is shared too",
    breaks: ({ from, to, typeOnly }) =>
      SHARED_WITH_PROGRAMS[from] !== undefined &&
      !typeOnly &&
      SHARED_WITH_PROGRAMS[to] === undefined &&
      !to.startsWith("node:"),
  },
  {
    name: "what a data product's files say is told without Pulumi, for the roster command",
    breaks: ({ from, to }) =>
      isIn("sdk/databricks/dataProduct", from) &&
      (packageOf(to) === "@pulumi/pulumi" ||
        to === "sdk/core/refuseDocuments.ts" ||
        to === "sdk/core/source.ts" ||
        to === "sdk/core/resource.ts"),
  },
  {
    name: "sdk/ imports neither tests nor examples",
    breaks: ({ from, to, relative }) => isIn("sdk", from) && relative && !/^(sdk|provider)\//.test(to),
  },
  {
    name: "examples import the package by its name, as users do; only a run.ts, and examples/story for all of them, use helpers of the tests",
    breaks: ({ from, to, relative }) =>
      isIn("examples", from) &&
      (relative
        ? !isIn("examples", to) && !(isIn("test", to) && (from.endsWith("/run.ts") || isIn("examples/story", from)))
        : to.startsWith("pulumi-roster/")),
  },
  {
    name: "test/engine stands in for Pulumi, so it imports nothing of what runs on it",
    breaks: ({ from, to }) => isIn("test/engine", from) && /^(provider|sdk|pulumi-roster)(\/|$)/.test(to),
  },
];

/** Every import that breaks a rule, as a sentence. */
export function violations(imports: readonly Import[]): string[] {
  return RULES.flatMap((rule) =>
    imports.filter(rule.breaks).map(({ from, to }) => `${from} imports ${to}, but ${rule.name}.`),
  );
}

/** Files that import each other in a circle: each circle once, as the list of its files. */
export function cycles(imports: readonly Import[]): string[][] {
  const uses = new Map<string, string[]>();
  for (const { from, to, relative } of imports) {
    if (relative) uses.set(from, [...(uses.get(from) ?? []), to]);
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of uses.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of uses.keys()) walk(file, []);
  return found;
}

/** Files that can be reached by imports from some others. */
export function reachable(imports: readonly Import[], entries: readonly string[]): Set<string> {
  const reached = new Set(entries);
  // A set can be added to while it is walked, and then walks on.
  for (const file of reached) {
    for (const use of imports) if (use.from === file && use.relative) reached.add(use.to);
  }
  return reached;
}
