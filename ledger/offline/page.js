/* The page itself: what is chosen, the check, and its results. */
(function (root) {
  "use strict";

  const {
    Malformed, checks, contract, document: page, files, intake, ledger, node, receipt, result, signature, trust
  } = root.Offline;
  const { make, say } = page;

  const at = (name) => document.getElementById(name);

  let chosen = []; // {name, file}
  let own = null; // {name, file}: the trust file
  let outcome = null; // {problems, bundles, results}
  let run = 0;

  function start() {
    page.setLanguage("zh");
    at("language").addEventListener("click", () => {
      page.setLanguage(page.language() === "zh" ? "en" : "zh");
      showLarge();
      showChosen();
      showOutcome();
    });
    at("large").addEventListener("click", () => {
      document.documentElement.classList.toggle("large");
      showLarge();
    });
    at("files").addEventListener("change", () => choose(at("files")));
    at("trust").addEventListener("change", () => {
      own = at("trust").files.length > 0 ? { name: at("trust").files[0].name, file: at("trust").files[0] } : own;
      at("trust").value = "";
      showChosen();
    });
    ["dragenter", "dragover", "dragleave", "drop"].forEach((kind) => at("drop").addEventListener(kind, (event) => {
      event.preventDefault();
      at("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") {
        choose(event.dataTransfer);
      }
    }));
    at("clear").addEventListener("click", () => {
      chosen = [];
      showChosen();
      at("files").focus();
    });
    at("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    at("stop").addEventListener("click", () => {
      finish();
      at("check").focus();
    });
    at("print").addEventListener("click", () => window.print());
    at("page").hidden = false;
    at("unsupported").hidden = true;
    showChosen();
  }

  function showLarge() {
    at("large").textContent = say(document.documentElement.classList.contains("large") ? "normal" : "large");
  }

  function choose(source) {
    chosen = chosen.concat(Array.from(source.files).map((file) => ({ name: file.name, file: file })));
    at("files").value = ""; // the same file may be chosen again, after it was saved anew
    showChosen();
  }

  function showChosen() {
    const lines = chosen.map((item) => {
      const button = make("button", { type: "button", class: "plain small" }, say("remove"));
      button.setAttribute("aria-label", say("remove") + " " + item.name);
      button.addEventListener("click", () => {
        chosen = chosen.filter((other) => other !== item);
        showChosen();
        at("files").focus();
      });
      return make("li", {}, item.name, " ", button);
    });
    at("chosen").textContent = "";
    lines.forEach((line) => at("chosen").appendChild(line));
    at("chosen-part").hidden = chosen.length === 0;
    at("trust-name").textContent = own === null ? "" : say("chosen") + ": " + own.name;
  }

  function finish() {
    run += 1;
    at("progress").hidden = true;
    at("check").disabled = false;
  }

  function tell(name, share) {
    at("bar").value = share;
    // four times a file at most: a screen reader must not be flooded
    const words = say("reading", { name: name, percent: Math.floor(share * 4) * 25 });
    if (at("spoken").textContent !== words) {
      at("spoken").textContent = words;
    }
  }

  async function check() {
    finish();
    const mine = run;
    at("check").disabled = true;
    at("progress").hidden = false;
    at("spoken").textContent = say("asking");
    const found = await collect((name, share) => {
      if (mine !== run) {
        throw new Stopped();
      }
      tell(name, share);
    }).catch((error) => error instanceof Stopped
      ? null : problem({ problems: [], bundles: [], results: [] }, "broken", { reason: error.message }));
    if (mine === run && found !== null) {
      finish();
      outcome = found;
      showOutcome();
      at("spoken").textContent = say("done", { count: found.results.length });
      const first = at("results").querySelector("[tabindex]") || at("results-title");
      first.focus();
    }
  }

  class Stopped extends Error {}

  /* Read, sort and check everything that was chosen. */
  async function collect(hear) {
    const found = { problems: [], bundles: [], results: [] };
    const url = at("node").value.trim();
    if (url !== "" && !/^https?:\/\/./.test(url)) {
      return problem(found, "badNode", {});
    }
    const sorted = { trust: own === null ? [] : [own], receipts: [], documents: [], bundles: [] };
    for (const item of chosen) {
      await sortIn(sorted, item, found, hear);
    }
    if (chosen.length === 0) {
      return problem(found, "noFiles", {});
    }
    if (sorted.trust.length > 1) {
      return problem(found, "manyTrust", {});
    }
    const given = {
      trust: null,
      openContract: url === "" ? null : (anchor) => new contract.Contract(new node.Node(node.overHttp(url)), anchor),
      verifySignature: root.crypto && root.crypto.subtle ? await signature.findVerifier(root.crypto.subtle) : null
    };
    if (sorted.trust.length === 1) {
      try {
        const data = sorted.trust[0].data || await files.read(sorted.trust[0].file, trust.MAX_TRUST_BYTES);
        given.trust = trust.parseTrust(data);
      } catch (error) {
        return problem(found, "badTrust", { reason: error.message });
      }
    }
    await checkReceipts(found, intake.pair(sorted.receipts, sorted.documents, true), given, []);
    for (const item of sorted.bundles) {
      await checkBundle(found, item, given, hear);
    }
    if (sorted.receipts.length === 0 && sorted.bundles.length === 0) {
      problem(found, "noReceipt", {});
    }
    return found;
  }

  function problem(found, key, values) {
    found.problems.push([key, values]);
    return found;
  }

  async function sortIn(sorted, item, found, hear) {
    let known;
    try {
      known = await intake.recognise(item.name, item.file);
      if (known.kind === "document") {
        known.sha256 = await files.digest(item.file, (done) => hear(item.name, done / item.file.size));
      }
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      problem(found, "unread", { name: item.name });
      return;
    }
    if (known.kind === "receipts") {
      known.receipts.forEach((data) => sorted.receipts.push({ name: item.name, data: data }));
    } else {
      sorted[{ trust: "trust", document: "documents", bundle: "bundles" }[known.kind]].push(known);
    }
  }

  async function checkReceipts(found, paired, given, notes) {
    for (const item of paired.cases) {
      const sha256 = item.document ? item.document.sha256 : null;
      const report = await checks.verifyReceipt(
        item.data, Object.assign({ fileSha256: sha256, newer: null }, given)
      );
      const reasons = [given.trust ? null : "noTrust", given.openContract ? null : "noNode"]
        .concat(given.trust && !given.verifySignature ? "noEd25519" : null).filter(Boolean);
      found.results.push({
        id: "result-" + found.results.length,
        name: item.name,
        file: item.document ? item.document.name : null,
        report: report,
        receipt: report.checks[0].outcome === "passed" ? receipt.parseReceipt(item.data) : null,
        notes: notes.concat(reasons)
      });
    }
    paired.left.forEach((left) => {
      const [key, values] = left.problem || ["unmatched", { name: left.name }];
      problem(found, key, values);
    });
  }

  async function checkBundle(found, item, given, hear) {
    const inside = await intake.unpack(item.bundle, hear);
    const own = given.trust;
    let trusted = own;
    if (own === null && inside.trustData !== null) {
      try {
        trusted = trust.parseTrust(inside.trustData);
      } catch (error) {
        problem(found, "badTrust", { reason: error.message });
      }
    }
    const paired = intake.pair(inside.receipts, inside.documents, false);
    const within = Object.assign({}, given, { trust: trusted });
    const notes = trusted !== own ? ["bundleTrust"] : [];
    await checkReceipts(found, { cases: paired.cases, left: [] }, within, notes);
    found.bundles.push({
      name: item.name,
      profile: item.bundle.profile,
      count: item.bundle.members.size,
      damaged: inside.damaged,
      rows: item.bundle.profile === "ledger"
        ? await ledger.checkLedger(item.bundle, within) : null,
      ownTrust: trusted === own,
      empty: inside.receipts.length === 0
    });
  }

  function showOutcome() {
    if (outcome === null) {
      return;
    }
    at("problems").textContent = "";
    if (outcome.problems.length > 0) {
      const items = outcome.problems.map(([key, values]) => make("li", {}, say(key, values)));
      at("problems").appendChild(make("div", { class: "problem", role: "alert" },
        make("h3", { tabindex: "-1" }, say("problem")), make("ul", {}, ...items)));
    }
    at("bundles").textContent = "";
    outcome.bundles.forEach((item) => at("bundles").appendChild(describeBundle(item)));
    at("results").textContent = "";
    outcome.results.forEach((item) => at("results").appendChild(result.render(item, "h3")));
    at("results-part").hidden = false;
    at("print").hidden = outcome.results.length === 0;
  }

  function describeBundle(item) {
    const lines = [
      item.damaged.length === 0
        ? say("bundleWhole", { count: item.count }) : say("bundleDamaged", { names: item.damaged.join(", ") }),
      item.rows === null && item.empty ? say("bundleNothing") : null,
      item.rows !== null && !item.ownTrust ? say("bundleTrust") : null,
      item.rows !== null ? say("ledgerAudit") : null
    ];
    const rows = (item.rows || []).map((row) => make("tr", {},
      make("th", { scope: "row" }, say(row.key, row.values)), make("td", {}, result.tag(row.outcome))));
    return make("section", { class: "notice" }, make("h3", {}, say("bundle", { name: item.name })),
      make("p", {}, say("bundleProfile") + ": " + say(item.profile)),
      rows.length > 0 ? make("table", {}, make("caption", {}, say("checked")), make("tbody", {}, ...rows)) : null,
      ...lines.map((line) => line === null ? null : make("p", {}, line)));
  }

  start();
})(self);
