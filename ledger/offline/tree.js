/* The Merkle tree of RFC 9162 §2.1. Hashes are 32 bytes; index and size are `natural`. */
(function (root) {
  "use strict";

  const { bytes, natural } = root.Offline;

  const LEAF = new Uint8Array([0]);
  const NODE = new Uint8Array([1]);

  function leafHash(entry) {
    return bytes.sha256(LEAF, entry);
  }

  function nodeHash(left, right) {
    return bytes.sha256(NODE, left, right);
  }

  /* Whether `proof` leads from the leaf to the root: the algorithm of RFC 9162 §2.1.3.2, with its names. */
  function includes(index, size, leaf, proof, rootHash) {
    if (natural.compare(index, size) >= 0) {
      return false;
    }
    let fn = index;
    let sn = natural.predecessor(size);
    let r = leaf;
    for (const p of proof) {
      if (sn === "") {
        return false;
      }
      if (natural.isOdd(fn) || fn === sn) {
        r = nodeHash(p, r);
        while (!natural.isOdd(fn) && fn !== "") {
          fn = natural.half(fn);
          sn = natural.half(sn);
        }
      } else {
        r = nodeHash(r, p);
      }
      fn = natural.half(fn);
      sn = natural.half(sn);
    }
    return sn === "" && bytes.equal(r, rootHash);
  }

  /* A log that grows leaf by leaf: the roots of the perfect subtrees from left to right, each with its height. */
  class GrowingTree {
    constructor() {
      this.size = 0;
      this.peaks = [];
    }

    append(leaf) {
      let node = { height: 0, hash: leaf };
      while (this.peaks.length > 0 && this.peaks[this.peaks.length - 1].height === node.height) {
        node = { height: node.height + 1, hash: nodeHash(this.peaks.pop().hash, node.hash) };
      }
      this.peaks.push(node);
      this.size += 1;
    }

    root() {
      if (this.peaks.length === 0) {
        return bytes.sha256();
      }
      return this.peaks.map((peak) => peak.hash).reduceRight((right, left) => nodeHash(left, right));
    }
  }

  root.Offline.tree = { leafHash: leafHash, includes: includes, GrowingTree: GrowingTree };
})(self);
