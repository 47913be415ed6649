/* A party's own pages. The code of a link stands behind its # and is sent in the body of a form, never in an address.
 * Without this file the code is typed from the slip. */
(function () {
  "use strict";

  var hash = window.location.hash;

  /* The address keeps the code behind its #, so that the page can be opened again from a bookmark or another tab. */
  function keep(action) {
    return action.split("#")[0] + hash;
  }

  var form = document.querySelector("[data-code-form]");
  var failed = document.querySelector(".errors") !== null;
  if (form) {
    if (hash.length > 1 && !failed) {
      form.elements.code.value = decodeURIComponent(hash.slice(1));
      form.hidden = true;
      document.querySelector("[data-opening]").hidden = false;
      form.action = keep(form.getAttribute("action"));
      form.submit();
    }
    return;
  }

  if (hash.length < 2) {
    return;
  }
  document.querySelectorAll("form[data-keep]").forEach(function (each) {
    each.action = keep(each.getAttribute("action"));
  });
  document.querySelectorAll("header a[href]").forEach(function (link) {
    if (link.pathname === "/my") {
      link.href = keep(link.getAttribute("href"));
    }
  });
})();
