/** The type of a stack, the root of all its resources. */
export const stackType = "pulumi:pulumi:Stack";
/** What the types of providers start with. */
export const providerTypePrefix = "pulumi:providers:";

/** The parts of a URN. */
export interface Urn {
  stack: string;
  project: string;
  /** The type after those of the parents, joined with `$`. */
  qualifiedType: string;
  type: string;
  name: string;
}

/** Takes a URN apart. A name may hold `::`. */
export function parseUrn(urn: string): Urn {
  const parts = urn.split("::");
  const [stack = "", project = "", qualifiedType = ""] = parts;
  return {
    stack: stack.replace(/^urn:pulumi:/, ""),
    project,
    qualifiedType,
    type: qualifiedType.split("$").at(-1) ?? "",
    name: parts.slice(3).join("::"),
  };
}

/** Whether a URN is a stack's own. */
export function isStackUrn(urn: string): boolean {
  return parseUrn(urn).qualifiedType === stackType;
}

/** Whether a type is a provider's. */
export function isProviderType(type: string): boolean {
  return type.startsWith(providerTypePrefix);
}

/** The URN of a resource; a parent other than the stack goes into its type. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? "" : parseUrn(parent).qualifiedType;
  const qualified = parentType === "" || parentType === stackType ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}
