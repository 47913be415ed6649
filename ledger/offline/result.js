/* One result as people read it: sentence, four rows, details, machine JSON; and the smaller receipt. */
(function (root) {
  "use strict";

  const { document: page, receipt, verdict, words } = root.Offline;
  const { icon, make, say, word } = page;

  const OUTCOMES = {
    passed: ["green", "tick"], failed: ["red", "cross"], waiting: ["teal", "tick-clock"],
    unavailable: ["grey", "cloud-off"], not_checked: ["grey", "dash"]
  };
  const ROWS = ["sameFile", "inForce", "signed", "confirmed"];
  const FACTS = [
    "record_no", "institution", "type", "version", "recorded_at", "anchored_at", "origin", "size", "root"
  ];

  function tag(outcome) {
    const [colour, shape] = OUTCOMES[outcome];
    return make("span", { class: "tag " + colour }, icon(shape), say(outcome));
  }

  /* `result` is {name, file, report, receipt, notes}: `receipt` parsed or null, `notes` keys of texts.js. */
  function render(result, level) {
    const shown = words.verdicts[result.report.verdict];
    const body = make("article", { class: "result" });
    const banner = make(
      "div", { class: "verdict " + shown.colour, role: shown.colour === "red" ? "alert" : "status" }, icon(shown.icon),
      make("div", {},
        make(level, { tabindex: "-1" }, word(shown.title)),
        make("p", {}, word(shown.explanation)),
        make("p", {}, word(shown.next_step)))
    );
    banner.dataset.verdict = result.report.verdict;
    body.appendChild(banner);
    if (result.report.test_network) {
      const label = make("strong", {}, word(words.test_network));
      body.appendChild(make("p", { class: "test" }, icon("flask"), label, " ", say("testNetwork")));
    }
    const holds = result.report.checks.slice(0, 5).every((check) => check.outcome !== "failed");
    body.appendChild(make("dl", { class: "facts" }, fact(say("receipt"), result.name),
      fact(say("file"), result.file || say("noFile")), ...(holds ? facts(result.report) : [])));
    body.appendChild(table(result.report));
    body.appendChild(missing(result));
    if (result.receipt !== null && holds) { // nothing is shown of what a receipt says that does not hold together
      body.appendChild(disclosed(result.receipt));
      body.appendChild(smaller(result));
    }
    body.appendChild(experts(result.report));
    return body;
  }

  function fact(label, value) {
    return make("div", {}, make("dt", {}, label), make("dd", {}, value));
  }

  function facts(report) {
    return FACTS.filter((name) => report.facts[name] !== undefined && report.facts[name] !== null)
      .map((name) => fact(say(name), /_at$/.test(name) ? moment(report.facts[name]) : report.facts[name]));
  }

  /* China Standard Time is UTC+8 all year, whatever the clock of this device says. */
  function moment(text) {
    const there = new Date(Date.parse(text) + 8 * 3600000);
    return there.toISOString().slice(0, 16).replace("T", " ") + " (UTC+8)";
  }

  function table(report) {
    const answers = verdict.answers(report.checks);
    const rows = ROWS.map((label, at) => {
      return make("tr", {}, make("th", { scope: "row" }, say(label)), make("td", {}, tag(answers[at])));
    });
    return make("table", {}, make("caption", {}, say("checked")), make("tbody", {}, ...rows));
  }

  /* What could not be done, in sentences. Check 11 never can be, and is said in the page's own words. */
  function missing(result) {
    const undone = result.report.checks.filter((check) =>
      check.number !== 11 && ["unavailable", "not_checked"].includes(check.outcome));
    const sentences = undone.map((check) => check.number + ". " + word(words.checks[check.number - 1][check.outcome]));
    const items = result.notes.map((key) => say(key)).concat(sentences, say("noNewer"));
    return make("section", { class: "notice" }, make("h4", {}, say("missing")),
      make("ul", {}, ...items.map((item) => make("li", {}, item))));
  }

  function disclosed(found) {
    const rows = found.disclosures.map((item) => make("tr", {},
      make("th", { scope: "row" }, item.name,
        receipt.isRequired(found, item) ? make("span", { class: "soft" }, " (" + say("mustShow") + ")") : null),
      make("td", {}, readable(item.value))));
    return make("section", {}, make("h4", {}, say("shown")), make("p", { class: "soft" }, say("shownHint")),
      make("table", { class: "shown" },
        make("thead", {}, make("tr", {},
          make("th", { scope: "col" }, say("field")), make("th", { scope: "col" }, say("value")))),
        make("tbody", {}, ...rows)));
  }

  function readable(value) {
    if (typeof value === "string" || value === null) {
      return value === null ? say("empty") : value;
    }
    const plain = (part) => part instanceof Map
      ? Array.from(part).reduce((whole, [name, inner]) => Object.assign(whole, { [name]: plain(inner) }), {})
      : Array.isArray(part) ? part.map(plain) : part;
    return JSON.stringify(plain(value), null, 2);
  }

  function smaller(result) {
    const boxes = result.receipt.disclosures.map((item, at) => {
      const required = receipt.isRequired(result.receipt, item);
      const box = make("input", { type: "checkbox", id: result.id + "-" + at, value: item.name });
      box.checked = true;
      box.disabled = required;
      const label = make("label", { for: box.id }, item.name, required ? " (" + say("mustShow") + ")" : null);
      return { box: box, line: make("div", { class: "choice" }, box, label) };
    });
    const button = make("button", { type: "button", class: "plain" }, say("save"));
    const spoken = make("p", { role: "status" });
    button.addEventListener("click", () => {
      const keep = boxes.filter((item) => item.box.checked).map((item) => item.box.value);
      const name = result.name.replace(/^.*\//, "").replace(/(\.receipt\.json|\.pdf)$/, "") + ".less.receipt.json";
      saveFile(name, receipt.redact(result.receipt, keep));
      spoken.textContent = say("saved", { name: name });
    });
    const group = make("fieldset", {}, make("legend", {}, say("redactHint")), ...boxes.map((item) => item.line));
    return make("details", {}, make("summary", {}, say("redact")), group, button, spoken);
  }

  function saveFile(name, data) {
    const address = URL.createObjectURL(new Blob([data], { type: "application/vnd.legal-ledger.receipt+json" }));
    const link = make("a", { href: address, download: name });
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  function experts(report) {
    const items = report.checks.map((check) => make("li", {}, tag(check.outcome), " ",
      word(words.checks[check.number - 1][check.outcome]), " ", make("code", {}, check.code)));
    const machine = Object.assign({ exit_code: words.verdicts[report.verdict].exit_code }, report);
    return make("details", {}, make("summary", {}, say("allChecks")), make("ol", {}, ...items),
      make("h4", {}, say("machine")), make("pre", { tabindex: "0" }, JSON.stringify(machine, null, 2)));
  }

  root.Offline.result = { render: render, tag: tag };
})(self);
