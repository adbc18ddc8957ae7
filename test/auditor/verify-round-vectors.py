"""Runs the shared vectors through the verifier in Python: verify-round-vectors.py FOLDER_OF_THE_VERIFIER FOLDER_OF_THE_VECTORS."""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import money
import proofs
import transcript

vectors = Path(sys.argv[2])
counts = {}


def cases_of(name: str) -> list:
    found = json.loads((vectors / f"{name}.json").read_text())
    counts[name] = len(found["cases"] if isinstance(found, dict) else found)
    return found


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


def check_payouts():
    for case in cases_of("payout"):
        budget = int(case["roundBudgetWei"]) * case["readable"] // case["submitted"]
        same(f"{case['name']}, budget", budget, int(case["budgetWei"]))
        outcomes = list(zip(case["shares"], case["weights"], case["verdicts"]))
        pays = money.payouts(budget, case["flatBps"], case["capBps"], outcomes)
        same(f"{case['name']}, payouts", pays, [int(wei) for wei in case["payoutsWei"]])


def check_submissions():
    for case in cases_of("submissions"):
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


def check_words():
    for case in cases_of("round-rule"):
        terms, trainers = case["terms"], case["terms"]["slotCount"] - 3
        mask = sum(each << slot for slot, each in enumerate(terms["active"]))
        weights = [weight * each for weight, each in zip(terms["baseWeights"], terms["active"][3:])]
        bounds = (int(terms["normBoundSquared"]), terms["parameterA"], terms["parameterB"])
        packed = transcript.pack_terms(terms["slotCount"], mask, *bounds, weights)
        same(f"{case['name']}, parameters", packed, [int(word) for word in case["termsWords"]])
        outcomes, rest = transcript.unpack_outcome([int(word) for word in case["outcomeWords"]], trainers)
        same(f"{case['name']}, outcome", outcomes, list(zip(case["shares"], case["weights"], case["verdicts"])))
        same(f"{case['name']}, rest", any(rest), False)


check_gram_proofs()
check_payouts()
check_submissions()
check_words()
print(json.dumps(counts))
