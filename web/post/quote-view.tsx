import { Alert, List, Text } from "@mantine/core";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { eth, quotePosting } from "../../services/owner/posting/quote-posting.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { amountText, type TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { Failure } from "../loaded-view.tsx";
import { useLoaded } from "../use-loaded.ts";
import type { FormReading } from "./read-posting-form.ts";

/** A price of gas with three digits. */
const gwei = (wei: bigint) => Number((Number(wei) / 1e9).toPrecision(3));

/** What posting costs this account, and whether it has it, before anything is signed. */
export function QuoteView(props: {
  chain: Chain;
  account: string | undefined;
  reading: FormReading;
  unit: TokenUnit;
}) {
  const { chain, account, reading, unit } = props;
  const { terms, escrowWei } = reading;
  const { loaded } = useLoaded(async () => {
    if (account === undefined || terms === undefined || escrowWei === undefined) return undefined;
    return quotePosting({ ...chain, account }, { terms, escrowWei });
  }, [chain, account, terms, escrowWei]);
  if (loaded.state === "failed") {
    const isKnown = loaded.error instanceof CommonweightError;
    return isKnown ? (
      <Failure error={loaded.error} />
    ) : (
      <Text size="sm">{String(loaded.error)}</Text>
    );
  }
  if (loaded.state === "loading" || loaded.value === undefined) {
    return (
      <Text size="sm">With a wallet connected, this says what gas and escrow will cost it.</Text>
    );
  }
  const quote = loaded.value;
  const fee = terms?.settleFeeWei ?? 0n;
  const money = (wei: bigint) => amountText(wei, unit);
  return (
    <>
      <List size="sm" data-quote={String(quote.escrowWei)}>
        <List.Item>Escrow {money(quote.escrowWei)}.</List.Item>
        <List.Item>
          Gas about {quote.gas.toLocaleString("en")} at {gwei(quote.gasPriceWei)} gwei:{" "}
          {eth(quote.feeWei)}.
        </List.Item>
        <List.Item>
          Your account has {eth(quote.coinWei)}, and {money(quote.tokenWei)}
          {quote.isWrapped ? " wrapped already" : " for the escrow"}.
        </List.Item>
      </List>
      {fee < quote.settleGasWei && quote.isWrapped && (
        <Alert color="yellow" title="Settling would cost aggregators money">
          A settlement's gas is about {eth(quote.settleGasWei)} now; the fee is {money(fee)}. Raise
          it, or nobody settles.
        </Alert>
      )}
    </>
  );
}
