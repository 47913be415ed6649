/* From checks to verdict: the table of formats.md, row by row; the first one that fits. */
(function (root) {
  "use strict";

  const CODES = [
    "receipt_parses", "disclosures_match", "leaf_computed", "note_signed", "leaf_included", "network_trusted",
    "checkpoint_anchored", "block_final", "not_revoked", "file_matches", "newest_version"
  ];
  const SUPERSEDED = 2;
  const WORST_FIRST = ["failed", "unavailable", "not_checked", "passed"];
  const QUESTIONS = [[10], [9], [1, 2, 3, 4, 5], [6, 7, 8]];

  /* `checks` are numbers 1 to 11, in order, each with `outcome` and `facts`. */
  function decide(checks) {
    const outcome = (number) => checks[number - 1].outcome;
    const failed = (...numbers) => numbers.some((number) => outcome(number) === "failed");
    const unknown = (...numbers) => numbers.some((number) => outcome(number) !== "failed" && outcome(number) !== "passed");
    const unavailable = (number) => outcome(number) === "unavailable";

    if (failed(1)) { return "bad_input"; }
    if (failed(2, 3, 4, 5)) { return "receipt_invalid"; }
    if (failed(10)) { return "different"; }
    if (failed(6)) { return "wrong_chain"; }
    if (unknown(1, 2, 3, 5, 6, 7)) { return "chain_unreachable"; }
    if (unknown(4) && outcome(7) !== "passed") { return "chain_unreachable"; }
    if (failed(7)) { return "ledger_mismatch"; }
    if (failed(9)) { return checks[8].facts.reason === SUPERSEDED ? "superseded" : "revoked"; }
    if (unavailable(4) || unknown(8, 9)) { return "chain_unreachable"; }
    if (unavailable(10)) { return "bad_input"; }
    if (failed(8)) { return "verified_not_final"; }
    if (failed(11)) { return "superseded"; }
    return "verified";
  }

  /* The outcome of each question: as good as its worst check; but waiting is no failure, and what the chain does not
     hold is not in force there. */
  function answers(checks) {
    const outcome = (number) => checks[number - 1].outcome;
    const passed = (number) => outcome(number) === "passed";
    return QUESTIONS.map((numbers) => {
      const worst = WORST_FIRST[Math.min(...numbers.map((number) => WORST_FIRST.indexOf(outcome(number))))];
      if (numbers.includes(8) && outcome(8) === "failed" && passed(6) && passed(7)) { return "waiting"; }
      return numbers.includes(9) && worst === "passed" && !passed(7) ? "not_checked" : worst;
    });
  }

  root.Offline.verdict = { CODES: CODES, answers: answers, decide: decide };
})(self);
