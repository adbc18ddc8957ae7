import { PACES } from "../../services/owner/design/design-project.ts";
import { exactDuration } from "../../services/protocol/duration-text.ts";
import { DUMMY_COEFFICIENTS } from "../../services/protocol/gram/gram-mask.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { exactAmount } from "../../services/protocol/market/token-amount.ts";

/** What the owner has typed and chosen, as it stands in the form. Text stays text until it is read: a draft may be wrong. */
export interface PostingForm {
  readonly title: string;
  readonly description: string;
  /** `file`: the manifest that was picked. */
  readonly model: "logistic" | "mlp" | "cnn" | "file";
  /** Text of a manifest that was picked; empty without one. */
  readonly manifestText: string;
  readonly features: string;
  readonly channels: string;
  readonly height: string;
  readonly width: string;
  /** Names, separated by commas. */
  readonly classes: string;
  /** The manifest's part about data as a table told it, in JSON; empty without one. */
  readonly dataText: string;
  /** Rows of the table that was picked; empty without one. Decides the sizes of the owner's own sets. */
  readonly tableRows: string;
  readonly samplesEach: string;
  readonly learningRate: string;
  readonly clipNorm: string;
  readonly fractionBits: string;
  readonly ditherBits: string;
  readonly trainers: string;
  readonly minTrainers: string;
  readonly rule: "trust" | "multi-krum";
  readonly withstand: string;
  /** Address of the reward token; empty for the network's own coin. */
  readonly token: string;
  readonly budget: string;
  readonly rounds: string;
  readonly extraRounds: string;
  readonly flatPercent: string;
  readonly capPercent: string;
  readonly stake: string;
  readonly fee: string;
  readonly bond: string;
  readonly join: string;
  readonly open: string;
  readonly commit: string;
  readonly reveal: string;
  readonly settle: string;
  /** Who may read the models: everybody, or only owner, referee, aggregators and trainers of the project. */
  readonly visibility: "public" | "private";
  /** Signs references; empty for whoever posts. */
  readonly referee: string;
  readonly aggregators: readonly string[];
  /** Terms of a file that have no field here, in JSON; empty without any. */
  readonly otherTermsText: string;
}

/** A part of the form that a problem belongs to. */
export type FormField = keyof PostingForm;

/** The time scales to choose from. */
export type Pace = keyof typeof PACES;

/** The five windows of a time scale, as people write them. */
export function paceFields(
  pace: Pace,
): Pick<PostingForm, "join" | "open" | "commit" | "reveal" | "settle"> {
  const seconds = PACES[pace];
  return {
    join: exactDuration(seconds.joinSeconds),
    open: exactDuration(seconds.openSeconds),
    commit: exactDuration(seconds.commitSeconds),
    reveal: exactDuration(seconds.revealSeconds),
    settle: exactDuration(seconds.settleSeconds),
  };
}

/** The time scale whose windows these are, or undefined for the owner's own. */
export function paceOf(form: PostingForm): Pace | undefined {
  const windows = ["join", "open", "commit", "reveal", "settle"] as const;
  return (Object.keys(PACES) as Pace[]).find((pace) => {
    const fields = paceFields(pace);
    return windows.every((window) => fields[window] === form[window]);
  });
}

/** Chains on one machine: everybody is there, so windows of minutes do. */
const LOCAL_CHAINS = [31_337n, 1337n];

/** The form as it is first shown: sensible for small tables, with windows that suit the network. */
export function emptyForm(chainId: bigint): PostingForm {
  return {
    ...{
      title: "",
      description: "",
      model: "logistic",
      manifestText: "",
      dataText: "",
      tableRows: "",
    },
    ...{ features: "", channels: "1", height: "28", width: "28", classes: "" },
    ...{ samplesEach: "200", learningRate: "0.1" },
    ...{ clipNorm: "10", fractionBits: "14", ditherBits: "4" },
    ...{ trainers: "5", minTrainers: "3", rule: "trust", withstand: "1" },
    ...{ token: "", budget: "1", rounds: "10", extraRounds: "3", flatPercent: "10" },
    ...{ capPercent: "50", stake: "0.1", fee: "0.01", bond: "0.5" },
    ...paceFields(LOCAL_CHAINS.includes(chainId) ? "minutes" : "hours"),
    visibility: "public",
    ...{ referee: "", aggregators: [], otherTermsText: "" },
  };
}

/** The form with what a table says about samples, and the smallest model that can be proven for it. */
export function formOfTable(
  form: PostingForm,
  { data, samples }: { readonly data: Manifest["data"]; readonly samples: number },
): Partial<PostingForm> {
  const classes = data.classes?.length ?? 0;
  const [features = 0] = data.inputShape;
  const isProvable = (features + 1) * classes >= DUMMY_COEFFICIENTS;
  const model = form.model === "mlp" || !isProvable ? "mlp" : "logistic";
  return {
    ...{ model, manifestText: "", dataText: JSON.stringify(data), tableRows: String(samples) },
    ...{ features: String(features), classes: (data.classes ?? []).join(", ") },
  };
}

/** Terms of a file as the form shows them, in whole units of an 18-decimal token. Fields that the file lacks stay. */
export function formOfTerms(
  form: PostingForm,
  terms: Readonly<Record<string, unknown>>,
  decimals = 18,
): PostingForm {
  const amount = (name: string, before: string) =>
    typeof terms[name] === "string" && /^\d{1,30}$/.test(terms[name])
      ? exactAmount(BigInt(terms[name]), decimals)
      : before;
  const count = (name: string, before: string) =>
    typeof terms[name] === "number" ? String(terms[name]) : before;
  const time = (name: string, before: string) =>
    typeof terms[name] === "number" ? exactDuration(terms[name]) : before;
  const percent = (name: string, before: string) =>
    typeof terms[name] === "number" ? String(terms[name] / 100) : before;
  const { aggregators, maxTrainers, slots, ruleId, referee, rewardToken } = terms;
  // The size of the proof is what the form asks for; fewer trainers than it has room for are kept as a further term.
  const expected = typeof slots === "number" ? slots - 3 : Number(maxTrainers ?? Number.NaN);
  return {
    ...form,
    token: typeof rewardToken === "string" ? rewardToken : form.token,
    referee: typeof referee === "string" ? referee : form.referee,
    budget: amount("budgetPerRoundWei", form.budget),
    stake: amount("stakeWei", form.stake),
    fee: amount("settleFeeWei", form.fee),
    bond: amount("aggregatorBondWei", form.bond),
    rounds: count("rounds", form.rounds),
    extraRounds: count("extraRounds", form.extraRounds),
    flatPercent: percent("flatBps", form.flatPercent),
    capPercent: percent("capBps", form.capPercent),
    trainers: Number.isNaN(expected) ? form.trainers : String(expected),
    minTrainers: count("minTrainers", form.minTrainers),
    rule: ruleId === 2 ? "multi-krum" : ruleId === 1 ? "trust" : form.rule,
    withstand: ruleId === 2 ? count("ruleParameterA", form.withstand) : form.withstand,
    visibility: terms.modelVisibility === "private" ? "private" : "public",
    join: time("joinSeconds", form.join),
    open: time("openSeconds", form.open),
    commit: time("commitSeconds", form.commit),
    reveal: time("revealSeconds", form.reveal),
    settle: time("settleSeconds", form.settle),
    aggregators: Array.isArray(aggregators) ? aggregators.map(String) : form.aggregators,
  };
}
