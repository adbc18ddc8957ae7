import { defineErrors } from "../protocol/errors.ts";

export const workerErrors = defineErrors([4300, 4599], {
  subjectUnclear: {
    code: "CW4303",
    title: "It is not clear which project the data are for",
    hint: "Give the number of a project of the market, or else --manifest with a file.",
  },
  placeLost: {
    code: "CW4305",
    title: "Somebody else has this trainer's place in the project",
    hint: "Its updates had not come for three rounds, or when too few did. Stake and earnings are paid out. Start `worker run` again, or `worker join`, to take a place that is free or whose trainer is idle.",
  },
  stakeUnknown: {
    code: "CW4306",
    title: "Nobody knows yet what the awaited project asks for as a stake",
    hint: "Whoever posts it says so, and anybody may post a project under the number that you wait for. Name the stake with --stake: if the terms ask for more, nothing is staked.",
  },
  hasLeft: {
    code: "CW4307",
    title: "This account has left the project",
    hint: "Stake and earnings are paid out, and nothing is trained any more: stop this program. Start `worker run` again to join once more.",
  },
  otherEncryptionKey: {
    code: "CW4304",
    title: "This account reads private models with another encryption key",
    hint: "Put the encryption-key.json that this account registered back into the state folder, or name the folder that has it with --state.",
  },
});
