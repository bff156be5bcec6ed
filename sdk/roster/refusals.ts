/** What Pulumi says where it cannot read a stack, up to where its words depend on the command; and what to do about it. */
const REFUSALS: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/no stack named '[^']*' found/, "pulumi stack ls shows the stacks of this project; name one of them with --stack."],
  [
    /no stack selected/,
    "Name the stack with --stack, or choose it with pulumi stack select; pulumi stack ls shows which there are.",
  ],
  [/no Pulumi\.yaml project file found/, "Run this in the folder of Pulumi.yaml, or name that folder with --cwd."],
  [
    /incorrect passphrase/,
    "Set PULUMI_CONFIG_PASSPHRASE to the passphrase with which the stack was made; the one that is set is another.",
  ],
  [
    /passphrase must be set with PULUMI_CONFIG_PASSPHRASE[\w ]*/,
    "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of the stack.",
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set for login|invalid access token|Unauthorized: No credentials/,
    "Log in with pulumi login or set PULUMI_ACCESS_TOKEN; where the state is not in Pulumi Cloud, set PULUMI_BACKEND_URL.",
  ],
  [
    /unable to open state directory .*/,
    "Set PULUMI_BACKEND_URL to where the stack's state is; pulumi whoami --verbose shows where Pulumi looks for it.",
  ],
];

/** Which stack was asked for, and how Pulumi ended. */
export interface Refused {
  /** Undefined for the selected one. */
  readonly stack: string | undefined;
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** What it wrote to its standard error. */
  readonly said: readonly string[];
}

/**
 * Why a stack cannot be read and what to do, where Pulumi's answer is one that is known; the same text whatever command
 * was run. Undefined for every other answer.
 */
export function knownRefusal({ stack, said }: Refused): string | undefined {
  const text = said.join("\n");
  for (const [pattern, remedy] of REFUSALS) {
    const answer = pattern.exec(text)?.[0];
    if (answer !== undefined) return `${unread(stack)}\n  answer:     ${answer}\n  what to do: ${remedy}`;
  }
  return undefined;
}

/** The same for every answer. */
export function refusalOf(refused: Refused): string {
  return knownRefusal(refused) ?? `${unread(refused.stack)}: ${pulumiSaid(refused)}`;
}

/** What Pulumi said, from its first error on, without its mark of errors; how it ended where it said nothing. */
export function pulumiSaid({ code, said }: Pick<Refused, "code" | "said">): string {
  const first = said.findIndex((line) => line.startsWith("error: "));
  const text = said
    .slice(Math.max(0, first))
    .map((line) => line.replace(/^error: /, ""))
    .join("\n");
  return text === "" ? `Pulumi ended with ${code === null ? "a signal" : `code ${String(code)}`}` : text;
}

function unread(stack: string | undefined): string {
  return `${stack === undefined ? "the selected stack" : `the stack ${stack}`} cannot be read`;
}
