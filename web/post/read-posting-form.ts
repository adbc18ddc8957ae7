import { countParameters } from "../../services/learning/model-spec.ts";
import { designManifest, trainingFor } from "../../services/owner/design/design-project.ts";
import { defaultSetSizes } from "../../services/owner/design/draw-sets.ts";
import { ownerErrors } from "../../services/owner/errors.ts";
import { requireProvable } from "../../services/owner/posting/provable-size.ts";
import { type PostableTerms, parseTerms } from "../../services/owner/posting/terms-file.ts";
import { exactDuration } from "../../services/protocol/duration-text.ts";
import { CommonweightError, isErrorOf } from "../../services/protocol/errors.ts";
import {
  LONGEST_TITLE,
  type Manifest,
  readManifest,
} from "../../services/protocol/manifest/manifest.ts";
import { type TermProblem, termProblems } from "../../services/protocol/market/project-rules.ts";
import { amountText, type TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { isOneLine } from "../../services/protocol/one-line.ts";
import { type FieldReader, fieldReader, NOBODY, type Refuse } from "./field-reader.ts";
import type { FormField, PostingForm } from "./posting-form.ts";
import { writeTerms } from "./write-terms.ts";

/** What the form means, as far as it means anything. */
export interface FormReading {
  /** Absent while what is learned is not said soundly. */
  readonly manifest?: Manifest;
  /** Absent while anything is wrong. */
  readonly terms?: PostableTerms;
  /** As they are typed, whether or not the market takes them; aggregators and accounts may be stand-ins. */
  readonly typedTerms?: PostableTerms;
  /** The same as a file for `owner post`, without what the account decides. */
  readonly termsText?: string;
  readonly parameterCount?: number;
  readonly slots?: number;
  readonly escrowWei?: bigint;
  /** The first problem of each field, as a sentence. */
  readonly problems: Partial<Record<FormField, string>>;
}

/** What reading a form depends on besides the form. */
export interface FormSurroundings {
  readonly unit: TokenUnit;
  readonly wrappedNative: string;
  /** Who posts; unknown before a wallet is connected. */
  readonly account: string | undefined;
}

/** Stands in for a manifest that is not there yet. */
const SOUND_FIXED_POINT = { fractionBits: 14, ditherBits: 4, clipNorm: 1 };

/** Reads a form: by the functions that `owner init` and `owner post` use, and the market's own rules. Never throws for what was typed. */
export function readPostingForm(form: PostingForm, around: FormSurroundings): FormReading {
  const problems: Partial<Record<FormField, string>> = {};
  const refuse = (field: FormField, text: string) => {
    problems[field] ??= text;
  };
  const read = fieldReader(form, around.unit, refuse);
  const learned = readLearning(form, read, refuse);
  const written = writeTerms(form, read, refuse);
  if (written.text === undefined) return { ...learned, ...written, problems };
  const { manifest, parameterCount = 1 } = learned;
  const { fixedPoint } = manifest ?? { fixedPoint: SOUND_FIXED_POINT };
  const terms = readWritten(written.text, { ...around, fixedPoint }, refuse);
  if (terms === undefined) return { ...learned, ...written, problems };
  const judged = { ...terms, fractionBits: fixedPoint.fractionBits, parameterCount };
  for (const problem of termProblems(judged)) {
    refuse(fieldOf[problem.term] ?? "title", sentence(problem, around.unit));
  }
  const { text, slots, escrowWei } = written;
  const isSound = Object.keys(problems).length === 0 && manifest !== undefined;
  return {
    ...learned,
    problems,
    typedTerms: terms,
    ...(slots === undefined ? {} : { slots }),
    ...(escrowWei === undefined ? {} : { escrowWei }),
    ...(isSound ? { terms, termsText: text } : {}),
  };
}

/** Terms as they were written; only what a kept file or a damaged draft says can be wrong here. */
function readWritten(
  text: string,
  around: FormSurroundings & Pick<Manifest, "fixedPoint">,
  refuse: Refuse,
): PostableTerms | undefined {
  const { fixedPoint, wrappedNative, account = NOBODY } = around;
  try {
    return parseTerms(text, { manifest: { fixedPoint }, wrappedNative, account });
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    refuse("otherTermsText", `${error.message}.`);
    return undefined;
  }
}

/** The manifest, from its file or from the form's own fields. */
function readLearning(
  form: PostingForm,
  read: FieldReader,
  refuse: Refuse,
): Pick<FormReading, "manifest" | "parameterCount"> {
  try {
    const manifest =
      form.model === "file"
        ? readManifest(new TextEncoder().encode(form.manifestText))
        : designed(form, read, refuse);
    if (manifest === undefined) return {};
    const parameterCount = countParameters(manifest.model);
    requireProvable(parameterCount);
    return { manifest, parameterCount };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    const wayOut = isErrorOf(error, ownerErrors.ruleCannotWork) ? " Take the perceptron." : "";
    refuse(
      form.model === "file" ? "manifestText" : "model",
      `${sentenceCase(error.message)}.${wayOut}`,
    );
    return {};
  }
}

const sentenceCase = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function designed(form: PostingForm, read: FieldReader, refuse: Refuse): Manifest | undefined {
  const title = form.title.trim();
  if (title === "") refuse("title", "Give the project a title.");
  if (title.length > LONGEST_TITLE || !isOneLine(title)) {
    refuse("title", `Must be one line of at most ${LONGEST_TITLE} characters.`);
    return;
  }
  const data = readData(form, read, refuse);
  const samplesEach = read.whole("samplesEach", 1, 10_000_000);
  const learningRate = read.positive("learningRate", 100);
  const clipNorm = read.positive("clipNorm", 1e6);
  const fractionBits = read.whole("fractionBits", 8, 16);
  const ditherBits = read.whole("ditherBits", 0, 12);
  if (data === undefined || samplesEach === undefined || learningRate === undefined) return;
  if (clipNorm === undefined || fractionBits === undefined || ditherBits === undefined) return;
  const answers = {
    title: title === "" ? "untitled" : title,
    description: form.description,
    model: form.model as "logistic" | "mlp" | "cnn",
    samplesEach,
  };
  const sizes = ownSetSizes(form);
  return designManifest({
    ...{ answers, summary: { data }, sizes },
    training: trainingFor({ samplesEach }, learningRate),
    calibration: { fractionBits, ditherBits, clipNorm },
  });
}

/** Sizes of the owner's own sets, which are drawn on the referee's machine: what the rules advise, or what the table has room for. */
export const ownSetSizes = ({ tableRows }: Pick<PostingForm, "tableRows">) =>
  defaultSetSizes(tableRows === "" ? Number.POSITIVE_INFINITY : Number(tableRows));

function readData(
  form: PostingForm,
  read: FieldReader,
  refuse: Refuse,
): Manifest["data"] | undefined {
  if (form.dataText !== "") return JSON.parse(form.dataText) as Manifest["data"];
  const classes = form.classes
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const twice = classes.find((name, place) => classes.indexOf(name) !== place);
  if (classes.length < 2) refuse("classes", "Name at least two classes, separated by commas.");
  if (twice !== undefined) refuse("classes", `“${twice}” is there twice.`);
  const fields =
    form.model === "cnn" ? (["channels", "height", "width"] as const) : ["features" as const];
  const shape = fields.map((field) => read.whole(field, 1, 65_536));
  if (classes.length < 2 || twice !== undefined || shape.includes(undefined)) return undefined;
  return { inputShape: shape as number[], classes };
}

/** Where a term that the market refuses is typed. */
const fieldOf: Readonly<Partial<Record<TermProblem["term"], FormField>>> = {
  ...{ rewardToken: "token", referee: "referee", aggregators: "aggregators" },
  ...{ budgetPerRoundWei: "budget", settleFeeWei: "fee", stakeWei: "stake" },
  ...{ aggregatorBondWei: "bond", flatBps: "flatPercent", capBps: "capPercent" },
  ...{ joinSeconds: "join", openSeconds: "open", commitSeconds: "commit" },
  ...{ revealSeconds: "reveal", settleSeconds: "settle" },
  ...{ rounds: "rounds", extraRounds: "extraRounds", slots: "trainers" },
  ...{ minTrainers: "minTrainers", maxTrainers: "trainers", ruleId: "rule" },
  ...{ parameterCount: "model", fractionBits: "fractionBits", normBoundSquared: "clipNorm" },
};

/** A term's problem in the units that it was typed in. */
function sentence({ term, least, most, reason }: TermProblem, unit: TokenUnit): string {
  if (term === "rewardToken") {
    return "The page does not know this network's wrapped coin: name a token, or use the server's settings.";
  }
  if (reason !== undefined) return reason;
  if (term === "normBoundSquared") {
    return "Too long for this scale: lower it, or the fraction bits. The bound on updates must stay below 2^54.";
  }
  const show = (bound: bigint | undefined) => {
    const value = bound ?? 0n;
    if (term.endsWith("Wei")) return amountText(value, unit);
    if (term.endsWith("Bps")) return `${Number(value) / 100} %`;
    return term.endsWith("Seconds") ? exactDuration(Number(value)) : value.toLocaleString("en");
  };
  const why =
    term === "capBps"
      ? " Below an equal part for the fewest trainers, nobody could earn the rest."
      : "";
  return `Must lie between ${show(least)} and ${show(most)}.${why}`;
}
