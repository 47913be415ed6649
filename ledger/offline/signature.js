/* Ed25519 by WebCrypto, and the question whether this browser has it: older WebViews and pages over plain http do not. */
(function (root) {
  "use strict";

  const { bytes } = root.Offline;

  /* RFC 8032 §7.1, test 1: a browser that does not find this signature good cannot be asked about others. */
  const KNOWN_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  const KNOWN_SIGNATURE = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

  async function run(subtle, publicKey, signature, message) {
    const key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await subtle.verify({ name: "Ed25519" }, key, signature, message);
  }

  /* A function (publicKey, signature, message) → promise of a boolean; or null where signatures cannot be checked. */
  async function findVerifier(subtle) {
    try {
      const works = await run(
        subtle, bytes.fromHex(KNOWN_KEY), bytes.fromHex(KNOWN_SIGNATURE), new Uint8Array(0)
      );
      if (works !== true) {
        return null;
      }
    } catch (error) {
      return null;
    }
    return async function verify(publicKey, signature, message) {
      try {
        return await run(subtle, publicKey, signature, message);
      } catch (error) {
        return false; // 32 bytes that are no key
      }
    };
  }

  root.Offline.signature = { findVerifier: findVerifier };
})(self);
