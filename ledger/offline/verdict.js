/* From checks to verdict: the table of formats.md, row by row; the first one that fits. */
(function (root) {
  "use strict";

  const CODES = [
    "receipt_parses", "disclosures_match", "leaf_computed", "note_signed", "leaf_included", "network_trusted",
    "checkpoint_anchored", "block_final", "not_revoked", "file_matches", "newest_version"
  ];
  const SUPERSEDED = 2;

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

  root.Offline.verdict = { CODES: CODES, decide: decide };
})(self);
