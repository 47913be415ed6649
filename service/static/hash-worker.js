/* Hashes a file off the page's thread. In: {file: File}. Out: {done: bytes} after each slice, then {sha256: hex};
 * or {error: name} when the file cannot be read. The page ends this worker with terminate(). */
importScripts("sha256.js");

var SLICE = 4 * 1024 * 1024;

self.onmessage = function (message) {
  "use strict";
  var file = message.data.file;
  var reader = new FileReader();
  var hash = new self.Sha256();

  /* One slice at a turn of the event loop: a loop that never ends a turn lets the browser free none of the slices. */
  reader.onload = function () {
    /* A file that shrank while it was read must not pass for a whole one. */
    if (reader.result.byteLength !== expected()) {
      self.postMessage({ error: "NotReadableError" });
      return;
    }
    hash.update(new Uint8Array(reader.result));
    self.postMessage({ done: hash.length });
    next();
  };
  reader.onerror = function () {
    self.postMessage({ error: reader.error && reader.error.name ? reader.error.name : "NotReadableError" });
  };
  next();

  function expected() {
    return Math.min(SLICE, file.size - hash.length);
  }

  function next() {
    if (expected() > 0) {
      reader.readAsArrayBuffer(file.slice(hash.length, hash.length + expected()));
    } else {
      self.postMessage({ sha256: hash.hex() });
    }
  }
};
