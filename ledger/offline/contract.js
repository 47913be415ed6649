/* One log of the contract LegalLedger, read at a node. The ABI is coded by hand for the three views that a receipt needs:
 * every argument and every result is one word of 32 bytes. */
(function (root) {
  "use strict";

  const { Unavailable, bytes, natural } = root.Offline;

  const WORD = 32;

  /* The first four bytes of Keccak-256 of the signatures; a test compares them with the artifact's ABI. */
  const SELECTORS = {
    "head(bytes32)": "0xf339e3b2",
    "checkpoint(bytes32,bytes32)": "0x34cfb82f",
    "revocation(bytes32,bytes32)": "0xfe330ab1"
  };

  class Contract {
    /* `anchor` is one of a trust file. */
    constructor(node, anchor) {
      this.node = node;
      this.anchor = anchor;
    }

    /* What node and contract are now. A node that is not catching up and has no code there is another chain, no outage. */
    async identity() {
      const code = await this.node.code(this.anchor.contract);
      if (code.length === 0 && await this.node.isSyncing()) {
        throw new Unavailable("node", "still catching up, and has no contract yet");
      }
      return {
        chainId: await this.node.chainId(),
        genesisHash: await this.node.genesisHash(),
        contract: this.anchor.contract,
        codeSha256: bytes.toHex(bytes.sha256(code)),
        logId: this.anchor.logId
      };
    }

    async head() {
      const [, size, rootHash] = await this.view("head(bytes32)", [], [64, 64, 256, 64]);
      return { size: natural.fromHex(size), root: bytes.fromHex(rootHash) };
    }

    /* What the contract holds under a root, or null when it holds nothing. */
    async checkpoint(rootHash) {
      const words = await this.view("checkpoint(bytes32,bytes32)", [rootHash], [32, 48, 40, 48, 48]);
      const [index, size, time, blockNumber] = words.map((word) => natural.fromHex(word));
      return size === "" ? null : { index: index, size: size, time: time, blockNumber: blockNumber };
    }

    /* The revocation of a commitment, or null. */
    async revocation(commitment) {
      const [reason, time] = await this.view("revocation(bytes32,bytes32)", [commitment], [8, 64]);
      return /^0*$/.test(reason) ? null : { reason: parseInt(reason, 16), time: natural.fromHex(time) };
    }

    /* Whether a block is final by the trust file's rule. Throws Unavailable when the node does not have that block. */
    async isFinal(blockNumber) {
      const newest = await this.node.headNumber();
      if (natural.compare(newest, blockNumber) < 0) {
        throw new Unavailable("node", "behind the block that was asked about");
      }
      if (this.anchor.finality.kind === "instant") {
        return true;
      }
      if (this.anchor.finality.kind === "depth") {
        const needed = natural.fromNumber(parseInt(blockNumber || "0", 2) + this.anchor.finality.depth);
        return natural.compare(newest, needed) >= 0;
      }
      const finalized = await this.node.finalizedNumber();
      return finalized !== null && natural.compare(finalized, blockNumber) >= 0;
    }

    /* Call a view of this log with further words; the result's words as hexadecimal, each within its number of bits. */
    async view(signature, further, widths) {
      const words = [this.anchor.logId.slice(2)].concat(further.map(bytes.toHex));
      const output = await this.node.run(this.anchor.contract, SELECTORS[signature] + words.join(""));
      if (output.length !== widths.length * WORD) {
        throw new Unavailable("contract", "an answer of another form; there may be no contract");
      }
      return widths.map((width, at) => {
        const word = bytes.toHex(output.slice(at * WORD, (at + 1) * WORD));
        if (natural.fromHex(word).length > width) {
          throw new Unavailable("contract", "a number that is too large");
        }
        return word;
      });
    }
  }

  root.Offline.contract = { Contract: Contract, SELECTORS: SELECTORS };
})(self);
