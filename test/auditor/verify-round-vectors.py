"""Runs the shared vectors of one file through the verifier in Python and writes how many they are.

verify-round-vectors.py FOLDER_OF_THE_VERIFIER FOLDER_OF_THE_VECTORS NAME_OF_THE_FILE."""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import chain
import money
import proofs
import transcript
from eth_abi import decode



def cases_of(name: str):
    return json.loads((Path(sys.argv[2]) / f"{name}.json").read_text())


def point(value) -> tuple:
    return int(value["x"]), int(value["y"])


def same(name: str, actual, expected):
    if actual != expected:
        sys.exit(f"{name}: {actual} is not {expected}")


def check_gram_proofs():
    file = cases_of("gram-proof")
    base = transcript.hash_to_curve(transcript.BLINDING_SEED)
    same("H", base, point(file["setup"]["blindingBase"]))
    # The file has real parts first, a call of the EVM imaginary ones.
    (x_real, x_imaginary), (y_real, y_imaginary) = file["setup"]["tauG2"]["x"], file["setup"]["tauG2"]["y"]
    tau = proofs.g2(tuple(map(int, (x_imaginary, x_real, y_imaginary, y_real))))
    for case in file["cases"]:
        about, gram, settled = case["context"], case["proof"], case["settlement"]
        count = about["parameterCount"]
        context = transcript.context_hash(
            chain_id=int(about["chainId"]), market=int(about["market"]), project=int(about["projectId"]),
            round_index=int(about["roundIndex"]), aggregator=int(about["aggregator"]), rule=int(about["ruleId"]),
            slots=about["slotCount"], parameters=count,
            terms=[int(word) for word in about["terms"]], model=point(about["modelCommitment"]),
        )  # fmt: skip
        same(f"{case['name']}, ctx", context, int(case["ctx"]))
        scalars = {"mu": "mu", "rho_a": "rhoA", "a": "a", "a_inv": "aInv", "s": "s"}
        proof = {
            "gram": {**{name: point(gram[name]) for name in "SRQW"}, **{ours: int(gram[theirs]) for ours, theirs in scalars.items()}},
            "dummy": point(case["dummyCommitment"]), "gram_hash": int(case["gramHash"]),
            "outcome": [int(word) for word in settled["outcome"]],
        }  # fmt: skip
        commitments = [point(each) for each in case["commitments"]]
        drawn = transcript.draw(context, count, commitments, proof)
        for name, value in drawn.items():
            same(f"{case['name']}, {name}", value, int(case[name]))
        arguments = (commitments, drawn, count, proofs.g1(base), tau)
        same(f"{case['name']}, the proof", proofs.gram_proof_holds(proof, *arguments), True)
        proof["gram"]["s"] += 1
        same(f"{case['name']}, another s", proofs.gram_proof_holds(proof, *arguments), False)
    return len(file["cases"])


STATEMENT = f"(address,uint256,uint256,address,uint8,uint8,uint32,uint256[],{chain.POINT},{chain.POINT}[])"
OUTCOME = f"(uint16[],uint16[],uint8[],bool,{chain.POINT},{chain.POINT})"


def check_rounds():
    """Whole rounds in the ABI's encoding, with both proofs, under keys that the file has."""
    file = cases_of("round-verifier")
    word = bytes.fromhex(file["tauG2"][2:])
    tau = proofs.g2(tuple(transcript.number(word[place : place + 32]) for place in range(0, 128, 32)))
    base = proofs.g1(transcript.hash_to_curve(transcript.BLINDING_SEED))
    keys = {key["slots"]: proofs.verifying_key(decode([chain.KEY], bytes.fromhex(key["key"][2:]))[0]) for key in file["keys"]}
    for case in file["rounds"]:
        read = [decode([kind], bytes.fromhex(case[name][2:]))[0] for kind, name in ((STATEMENT, "statement"), (chain.PROOF, "proof"), (OUTCOME, "outcome"))]
        market, project, round_index, aggregator, rule, slots, parameters, terms, model, commitments = read[0]
        proof, (shares, weights, verdicts, _, new_model, aggregate) = chain.name_proof(read[1]), read[2]
        context = transcript.context_hash(
            chain_id=31337, market=int(market, 16), project=project, round_index=round_index,
            aggregator=int(aggregator, 16), rule=rule, slots=slots, parameters=parameters, terms=terms, model=model,
        )  # fmt: skip
        drawn = transcript.draw(context, parameters, commitments, proof)
        alpha = drawn["alpha"]
        signals = [transcript.fold(proof["outcome"], terms, proof["gram"]["mu"], alpha), alpha, proof["gram_hash"]]
        same(f"{case['name']}, signals", signals, [int(signal) for signal in case["signals"]])
        same(f"{case['name']}, Gram proof", proofs.gram_proof_holds(proof, commitments, drawn, parameters, base, tau), True)
        same(f"{case['name']}, rule proof", proofs.groth16_holds(proof["groth16"], signals, keys[slots]), True)
        signals[0] += 1
        same(f"{case['name']}, another signal", proofs.groth16_holds(proof["groth16"], signals, keys[slots]), False)
        outcomes, rest = transcript.unpack_outcome(proof["outcome"], slots - 3)
        same(f"{case['name']}, outcome", (outcomes, any(rest)), (list(zip(shares, weights, verdicts)), False))
        total = proofs.combine([(proofs.g1(point), weight) for point, weight in zip(commitments[3:], weights) if weight])
        same(f"{case['name']}, aggregate", proofs.affine(total), aggregate)
        same(f"{case['name']}, model", proofs.affine(proofs.add(proofs.g1(model), total)), new_model)
    return len(file["rounds"])


def check_payouts():
    cases = cases_of("payout")
    for case in cases:
        budget = int(case["roundBudgetWei"]) * case["readable"] // case["submitted"]
        same(f"{case['name']}, budget", budget, int(case["budgetWei"]))
        outcomes = list(zip(case["shares"], case["weights"], case["verdicts"]))
        pays = money.payouts(budget, case["flatBps"], case["capBps"], outcomes)
        same(f"{case['name']}, payouts", pays, [int(wei) for wei in case["payoutsWei"]])
    return len(cases)


def check_submissions():
    cases = cases_of("submissions")
    for case in cases:
        opened = [int(word) for word in case["openedWith"]]
        words = [int(word) for word in case["commitments"]]
        rolling = transcript.rolling_start(
            int(case["chainId"]), case["market"], int(case["projectId"]), case["roundIndex"], opened[:2], opened[2:]
        )
        for place, trainer in enumerate(case["trainers"]):
            account = f"0x{int(trainer):040x}"
            submitted = transcript.commitment_hash(account, words[2 * place : 2 * place + 2])
            same(f"{case['name']}, submission {place}", transcript.number(submitted), int(case["commitmentHashes"][place]))
            rolling = transcript.rolling_next(rolling, account, submitted)
        same(case["name"], f"0x{rolling.hex()}", case["submissionsHash"])
    return len(cases)


def check_words():
    cases = cases_of("round-rule")
    for case in cases:
        terms, trainers = case["terms"], case["terms"]["slotCount"] - 3
        mask = sum(each << slot for slot, each in enumerate(terms["active"]))
        weights = [weight * each for weight, each in zip(terms["baseWeights"], terms["active"][3:])]
        bounds = (int(terms["normBoundSquared"]), terms["parameterA"], terms["parameterB"])
        packed = transcript.pack_terms(terms["slotCount"], mask, *bounds, weights)
        same(f"{case['name']}, parameters", packed, [int(word) for word in case["termsWords"]])
        outcomes, rest = transcript.unpack_outcome([int(word) for word in case["outcomeWords"]], trainers)
        same(f"{case['name']}, outcome", outcomes, list(zip(case["shares"], case["weights"], case["verdicts"])))
        same(f"{case['name']}, rest", any(rest), False)
    return len(cases)


checks = {
    "gram-proof": check_gram_proofs,
    "round-verifier": check_rounds,
    "payout": check_payouts,
    "submissions": check_submissions,
    "round-rule": check_words,
}
print(checks[sys.argv[3]]())
