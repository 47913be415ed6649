/* SHA-256 (FIPS 180-4), streaming: constant memory whatever the size of the input, so that a file of any length can be
 * hashed in slices. WebCrypto cannot stream, and does not exist over plain http on a LAN address.
 *
 *   var hash = new Sha256();
 *   hash.update(bytes);          // Uint8Array, any number of times
 *   hash.hex();                  // 64 lower-case hex digits; the object is spent afterwards
 *
 * Plain ES5 without modules: the same file runs in a page, in a Web Worker, in an old WebView and in Node.
 * Exact up to 2^53 - 1 bytes, the largest size a File can report. */
(function (root) {
  "use strict";

  var BLOCK = 64;

  /* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
  var K = new Int32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  ]);

  function Sha256() {
    /* The same of the square roots of the first 8 primes (5.3.3). */
    this.state = new Int32Array([
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    ]);
    this.schedule = new Int32Array(64);
    this.pending = new Uint8Array(BLOCK);
    this.pendingLength = 0;
    this.length = 0;
    this.spent = false;
  }

  Sha256.prototype.update = function (bytes) {
    if (this.spent) {
      throw new Error("the digest was already taken");
    }
    var position = 0;
    this.length += bytes.length;
    if (this.pendingLength > 0) {
      position = Math.min(BLOCK - this.pendingLength, bytes.length);
      this.pending.set(bytes.subarray(0, position), this.pendingLength);
      this.pendingLength += position;
      if (this.pendingLength < BLOCK) {
        return this;
      }
      compress(this.state, this.schedule, this.pending, 0, BLOCK);
      this.pendingLength = 0;
    }
    var whole = position + (bytes.length - position - ((bytes.length - position) % BLOCK));
    compress(this.state, this.schedule, bytes, position, whole);
    this.pending.set(bytes.subarray(whole));
    this.pendingLength = bytes.length - whole;
    return this;
  };

  Sha256.prototype.hex = function () {
    var bytes = this.length;
    var padding = new Uint8Array(this.pendingLength < 56 ? 64 - this.pendingLength : 128 - this.pendingLength);
    padding[0] = 0x80;
    /* The length in bits is 64 wide; JavaScript's shifts are 32 wide. */
    new DataView(padding.buffer).setUint32(padding.length - 8, Math.floor(bytes / 0x20000000));
    new DataView(padding.buffer).setUint32(padding.length - 4, (bytes % 0x20000000) * 8);
    this.update(padding);
    this.spent = true;
    var text = "";
    for (var i = 0; i < 8; i++) {
      text += ("0000000" + (this.state[i] >>> 0).toString(16)).slice(-8);
    }
    return text;
  };

  /* The compression function (6.2.2) over every whole block of bytes[start, end). */
  function compress(state, w, bytes, start, end) {
    for (var offset = start; offset < end; offset += BLOCK) {
      var t, x, y;
      for (t = 0; t < 16; t++) {
        var at = offset + t * 4;
        w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      for (t = 16; t < 64; t++) {
        x = w[t - 15];
        y = w[t - 2];
        w[t] = (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) + w[t - 7] +
          (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)) + w[t - 16];
      }
      var a = state[0], b = state[1], c = state[2], d = state[3];
      var e = state[4], f = state[5], g = state[6], h = state[7];
      for (t = 0; t < 64; t++) {
        x = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
          ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
        y = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
          ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + x) | 0;
        d = c; c = b; b = a; a = (x + y) | 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d;
      state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }
  }

  if (typeof module === "object" && module.exports) {
    module.exports = Sha256;
  } else {
    root.Sha256 = Sha256;
  }
})(typeof self === "undefined" ? this : self);
