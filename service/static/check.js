/* The file check of the public pages. The file is hashed here, in the browser; what leaves is its SHA-256 and, beside a
 * record, that record's number. No byte of the file and no part of its name is sent.
 *
 * Words come from the page: one <template data-verdict="…"> per verdict, written by the server in the reader's language.
 * This script chooses one and fills in what the API answered, as text. */
(function () {
  "use strict";

  var SLICE = 4 * 1024 * 1024;
  var ANSWER_TIMEOUT = 30000;
  var MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  var root = document.querySelector("[data-check]");
  if (!root || !window.FileReader || !window.fetch) {
    return;
  }
  var language = document.documentElement.lang.slice(0, 2);
  var input = root.querySelector("input[type=file]");
  var drop = root.querySelector("[data-drop]");
  var bar = root.querySelector("progress");
  var progress = root.querySelector("[data-progress]");
  var spoken = root.querySelector("[data-spoken]");
  var cancel = root.querySelector("[data-cancel]");
  var answer = document.querySelector("[data-answer]");
  var running = 0;
  var stop = function () {};

  root.hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  input.addEventListener("change", function () {
    if (input.files.length > 0) {
      begin(input.files[0]);
    }
  });
  cancel.addEventListener("click", function () {
    finish();
    input.focus();
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
    drop.addEventListener(kind, function (event) {
      event.preventDefault();
      drop.classList.toggle("drop--over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length > 0) {
        begin(event.dataTransfer.files[0]);
      }
    });
  });

  function begin(file) {
    finish();
    answer.textContent = "";
    if (file.size === 0) {
      show("bad_input", null, null);
      return;
    }
    var run = ++running;
    progress.hidden = false;
    bar.value = 0;
    say(0);
    hashFile(file, function (done) {
      if (run === running) {
        bar.value = done / file.size;
        say(Math.floor((done / file.size) * 4) * 25);
      }
    }).then(ask).then(function (found) {
      if (run === running) {
        finish();
        show(found.verdict, found.report, found.sha256);
      }
    }).catch(function (problem) {
      if (run === running) {
        finish();
        show(problem && problem.verdict ? problem.verdict : "bad_input", null, null);
      }
    });
  }

  function finish() {
    running += 1;
    stop();
    stop = function () {};
    progress.hidden = true;
    /* the same file may be chosen again, after it was saved anew */
    input.value = "";
    spoken.textContent = "";
  }

  /* Five times at most: a screen reader must not be flooded. */
  function say(percent) {
    var words = spoken.dataset.spoken.replace("{percent}", String(percent));
    if (spoken.textContent !== words) {
      spoken.textContent = words;
    }
  }

  function hashFile(file, tell) {
    return new Promise(function (resolve, reject) {
      var worker;
      try {
        worker = new Worker(root.dataset.worker);
      } catch (refused) {
        hashHere(file, tell, resolve, reject);
        return;
      }
      stop = function () {
        worker.terminate();
      };
      worker.onmessage = function (message) {
        if (message.data.sha256) {
          stop();
          resolve(message.data.sha256);
        } else if (message.data.error) {
          reject({ verdict: "bad_input" });
        } else {
          tell(message.data.done);
        }
      };
      worker.onerror = function () {
        stop();
        hashHere(file, tell, resolve, reject);
      };
      worker.postMessage({ file: file });
    });
  }

  /* Where a Worker cannot start: the same slices on the page's own thread, with a pause after each. */
  function hashHere(file, tell, resolve, reject) {
    var hash = new window.Sha256();
    var reader = new FileReader();
    var stopped = false;
    stop = function () {
      stopped = true;
    };
    reader.onerror = function () {
      reject({ verdict: "bad_input" });
    };
    reader.onload = function () {
      hash.update(new Uint8Array(reader.result));
      tell(hash.length);
      window.setTimeout(next, 0);
    };
    function next() {
      if (stopped) {
        return;
      }
      if (hash.length < file.size) {
        reader.readAsArrayBuffer(file.slice(hash.length, hash.length + SLICE));
      } else {
        resolve(hash.hex());
      }
    }
    next();
  }

  /* Anything but a clear answer of the service is "could not check", never "different". */
  function ask(sha256) {
    var question = { sha256: sha256 };
    if (root.dataset.recordNo) {
      question.record_no = root.dataset.recordNo;
    }
    var late = window.AbortController ? new AbortController() : null;
    var timer = window.setTimeout(function () {
      if (late) {
        late.abort();
      }
    }, ANSWER_TIMEOUT);
    return window.fetch(root.dataset.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(question),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: late ? late.signal : undefined
    }).then(function (reply) {
      if (reply.status === 429) {
        throw { verdict: "rate_limited" };
      }
      return reply.json();
    }).then(function (report) {
      if (!report || !template(report.verdict)) {
        throw { verdict: "service_unreachable" };
      }
      return { verdict: report.verdict, report: report, sha256: sha256 };
    }).then(function (found) {
      window.clearTimeout(timer);
      return found;
    }, function (problem) {
      window.clearTimeout(timer);
      throw problem && problem.verdict ? problem : { verdict: "service_unreachable" };
    });
  }

  function template(verdict) {
    return typeof verdict === "string" && /^[a-z_]+$/.test(verdict)
      ? document.querySelector('template[data-verdict="' + verdict + '"]')
      : null;
  }

  function show(verdict, report, sha256) {
    answer.textContent = "";
    answer.appendChild(document.importNode(template(verdict).content, true));
    if (report) {
      var body = document.importNode(document.querySelector("template[data-body]").content, true);
      fill(body, report, sha256);
      answer.appendChild(body);
    }
    document.querySelectorAll("[data-intro], [data-paper], [data-result]").forEach(function (before) {
      before.hidden = true;
    });
    var title = answer.querySelector("[data-title]");
    document.title = title.textContent + " – " + document.title.split(" – ").pop();
    title.focus();
    answer.scrollIntoView();
  }

  function fill(part, report, sha256) {
    part.querySelector("[data-test-network]").hidden = !report.test_network;
    part.querySelector("[data-checked]").hidden = !report.facts.size;
    part.querySelector("[data-print]").addEventListener("click", function () {
      window.print();
    });
    part.querySelectorAll("[data-row]").forEach(function (row, place) {
      var outcome = report.answers[place].outcome;
      row.querySelectorAll("[data-outcome]").forEach(function (tag) {
        tag.hidden = tag.dataset.outcome !== outcome;
      });
    });
    report.notes.forEach(function (note) {
      var line = document.createElement("p");
      line.textContent = note[language];
      part.querySelector("[data-notes]").appendChild(line);
    });
    var facts = shown(report.facts, sha256);
    part.querySelectorAll("[data-fact]").forEach(function (line) {
      var value = facts[line.dataset.fact];
      var place = line.querySelector("[data-value]");
      line.hidden = !value;
      place.textContent = value || "";
      if (value && line.dataset.fact === "record_no") {
        place.href = "/v/" + encodeURIComponent(value) + (root.dataset.query ? "?" + root.dataset.query : "");
      }
    });
    report.checks.forEach(function (check) {
      var item = document.createElement("li");
      item.textContent = check.sentence[language];
      part.querySelector("[data-checks]").appendChild(item);
    });
    part.querySelector("[data-json]").textContent = JSON.stringify(report, null, 2);
  }

  /* The facts of a report as people read them. */
  function shown(facts, sha256) {
    return {
      record_no: facts.record_no,
      type: word(facts.type),
      institution: word(facts.institution),
      recorded_at: moment(facts.recorded_at),
      anchored_at: moment(facts.anchored_at),
      sha256: sha256.replace(/(.{4})(?=.)/g, "$1 ")
    };
  }

  function word(code) {
    var words = document.querySelector("template[data-words]").content.querySelectorAll("[data-code]");
    var found = Array.prototype.filter.call(words, function (node) {
      return node.dataset.code === code;
    })[0];
    return found ? found.textContent : code;
  }

  /* China Standard Time is UTC+8 all year, whatever the clock of this device says. */
  function moment(text) {
    var time = text ? Date.parse(text) : NaN;
    if (isNaN(time)) {
      return text;
    }
    var there = new Date(time + 8 * 3600000);
    var year = there.getUTCFullYear();
    var month = there.getUTCMonth();
    var day = there.getUTCDate();
    var date = language === "zh" ? year + "年" + (month + 1) + "月" + day + "日 "
      : day + " " + MONTHS[month] + " " + year + ", ";
    return date + there.toISOString().slice(11, 16) + " (UTC+8)";
  }
})();
