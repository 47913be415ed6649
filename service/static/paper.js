/* A paper and its record: the code behind the # of a scanned address, a photograph of the QR code, and the rows that are
 * compared. All of it works without this file, by typing and by sending the form. */
(function () {
  "use strict";

  var CODE = /^#([0-9A-Za-z-]{8,9})$/;
  var LINK = /\/v\/([0-9A-Za-z.-]{13,30})#([0-9A-Za-z-]{8,9})$/;

  /* A browser keeps what stands behind the # to itself; so the code is sent in the body of the form, and taken out of
   * the address, so that it stays in no history. */
  var form = document.querySelector("[data-paper-form]");
  var found = CODE.exec(window.location.hash);
  if (form && found && !form.querySelector("[aria-invalid]")) {
    if (window.history && window.history.replaceState) {
      window.history.replaceState(null, "", window.location.pathname + window.location.search);
    }
    form.querySelector("[name=paper_code]").value = found[1];
    form.submit();
    return;
  }

  /* Reading a photograph is an extra, where the browser has a reader of its own. The picture stays on the device. */
  var scan = document.querySelector("[data-scan]");
  if (scan && window.BarcodeDetector && window.createImageBitmap) {
    scan.hidden = false;
    var picture = scan.querySelector("input");
    var failed = scan.querySelector("[data-scan-failed]");
    picture.addEventListener("change", function () {
      var file = picture.files[0];
      failed.textContent = "";
      if (!file) {
        return;
      }
      window.createImageBitmap(file).then(function (image) {
        return new window.BarcodeDetector({ formats: ["qr_code"] }).detect(image);
      }).then(function (codes) {
        var link = codes.map(function (code) {
          return LINK.exec(code.rawValue);
        }).filter(Boolean)[0];
        if (!link) {
          throw new Error("no code");
        }
        var fields = scan.parentNode;
        fields.querySelector("[name=record_no]").value = link[1];
        fields.querySelector("[name=paper_code]").value = link[2];
        fields.submit();
      }).catch(function () {
        failed.textContent = failed.getAttribute("data-scan-failed");
      });
    });
  }

  /* The rows: what the answers come to is shown at once, and nothing needs to be sent. */
  var rows = document.querySelector("[data-compare]");
  var result = document.querySelector("[data-result]");
  if (!rows || !result) {
    return;
  }
  rows.querySelector("[data-compare-send]").hidden = true;
  rows.addEventListener("change", function () {
    var sets = Array.prototype.slice.call(rows.querySelectorAll("fieldset"));
    var different = sets.filter(function (set) {
      return set.querySelector("[value=different]").checked;
    });
    var open = sets.filter(function (set) {
      return !set.querySelector(":checked");
    });
    var names = result.querySelector("[data-differing]");
    names.textContent = different.map(function (set) {
      return set.getAttribute("data-name");
    }).join(names.getAttribute("data-separator"));
    if (different.length > 0) {
      /* what to do now stands where the reader is */
      var last = different[different.length - 1];
      last.parentNode.insertBefore(result, last.nextSibling);
    }
    show("different", different.length > 0);
    show("same", different.length === 0 && open.length === 0);
    show("open", false);
  });

  function show(when, shown) {
    result.querySelector('[data-when="' + when + '"]').hidden = !shown;
  }
})();
