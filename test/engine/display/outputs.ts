import type { Step } from "../steps";
import { equalValues, type Properties } from "../values";
import { isInternal, memberDifferences } from "./differences";
import { PropertyPrinter } from "./properties";

/** What of the outputs of a step is worth showing: what changed, or all where there was nothing before. */
export function outputsText(
  step: Step,
  indent: number,
  options: { isPreview: boolean; isRefresh: boolean; isStack: boolean; truncate: boolean },
): string {
  const outputs = step.new?.outputs ?? {};
  const inputs = step.new?.inputs ?? {};
  const old = step.old?.outputs;
  const out: string[] = [];
  const isNews = (name: string): boolean =>
    !isInternal(name) && (options.isRefresh || !(name in inputs) || !equalValues(inputs[name], outputs[name]));
  const printer = new PropertyPrinter(out, { indent, op: step.op, marked: old !== undefined }, options);
  const pick = (properties: Properties): Properties =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => isNews(name)));
  if (old === undefined) {
    printer.object(pick(outputs));
  } else {
    const changed = [...memberDifferences(old, outputs).values()].some(({ kind }) => kind !== "same");
    const showSames = options.isStack && !options.isPreview;
    if (changed || showSames) printer.difference(pick(old), pick(outputs), { sames: showSames });
  }
  return out.join("");
}
