/* Hashes a file off the page's thread. In: {file: File}. Out: {done: bytes} after each slice, then {sha256: hex};
 * or {error: name} when the file cannot be read. The page ends this worker with terminate(). */
importScripts("sha256.js");

var SLICE = 4 * 1024 * 1024;

self.onmessage = function (message) {
  "use strict";
  var file = message.data.file;
  var reader = new FileReaderSync();
  var hash = new self.Sha256();
  try {
    for (var start = 0; start < file.size; start += SLICE) {
      hash.update(new Uint8Array(reader.readAsArrayBuffer(file.slice(start, start + SLICE))));
      self.postMessage({ done: Math.min(start + SLICE, file.size) });
    }
    /* A file that shrank while it was read must not pass for a whole one. */
    self.postMessage(hash.length === file.size ? { sha256: hash.hex() } : { error: "NotReadableError" });
  } catch (error) {
    self.postMessage({ error: error && error.name ? error.name : "Error" });
  }
};
