/* Small comforts of every page. All of them work, less comfortably, without this file. */
(function () {
  "use strict";

  /* An error summary or a verdict takes the focus, so that a screen reader begins with what matters. */
  var first = document.querySelector("[data-focus]");
  if (first) {
    first.focus();
  }

  /* States move on by themselves while a page is open: parts marked data-live are fetched again from this same page
   * until none of them says data-pending. Slower with every round, and not for ever. */
  var FIRST_WAIT = 1500;
  var LONGEST_WAIT = 30000;
  var ROUNDS = 60;

  function pending() {
    return document.querySelector("[data-live] [data-pending], [data-live][data-pending]") !== null;
  }

  function refresh(round, wait) {
    if (round > ROUNDS || !pending() || !window.fetch || !window.DOMParser) {
      return;
    }
    window.setTimeout(function () {
      window.fetch(window.location.href, { credentials: "same-origin", cache: "no-store" })
        .then(function (answer) {
          return answer.ok ? answer.text() : "";
        })
        .then(function (text) {
          replace(new DOMParser().parseFromString(text, "text/html"));
        })
        .catch(function () { /* out of reach for now: the next round asks again */ })
        .then(function () {
          refresh(round + 1, Math.min(wait * 1.25, LONGEST_WAIT));
        });
    }, wait);
  }

  function replace(fresh) {
    document.querySelectorAll("[data-live]").forEach(function (old) {
      var now = fresh.getElementById(old.id);
      if (now && now.innerHTML !== old.innerHTML) {
        while (old.firstChild) {
          old.removeChild(old.firstChild);
        }
        Array.prototype.slice.call(document.importNode(now, true).childNodes).forEach(function (part) {
          old.appendChild(part);
        });
        if (now.hasAttribute("data-pending")) {
          return;
        }
        old.removeAttribute("data-pending");
      }
    });
  }

  refresh(1, FIRST_WAIT);

  /* A file that would be refused for its size is not sent first. */
  document.querySelectorAll("input[type=file][data-limit]").forEach(function (input) {
    function check() {
      var file = input.files[0];
      input.setCustomValidity(file && file.size > Number(input.dataset.limit) ? input.dataset.tooLarge : "");
      return input.reportValidity();
    }
    input.addEventListener("change", check);
    input.form.addEventListener("submit", function (event) {
      if (!check()) {
        event.preventDefault();
      }
    });
  });

  /* window.print() cannot be a link, and inline handlers are not allowed here. */
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });
})();
