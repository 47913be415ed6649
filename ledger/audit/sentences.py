"""One sentence for every code, in Chinese and English, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.audit.findings import Code, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in both languages."""

    zh: str
    en: str


SENTENCES: Final[Mapping[Code, Sentence]] = MappingProxyType(
    {
        Code.MEMBER_CHANGED: Sentence(
            zh="数据包中的文件与其清单中的摘要不符。",
            en="A file of the bundle does not have the digest that its manifest names.",
        ),
        Code.ROW_CHANGED: Sentence(
            zh="可读记录与已存证的内容不一致。",
            en="The readable record differs from what was put on record.",
        ),
        Code.ROW_MISSING: Sentence(
            zh="已存证的记录在可读记录中不存在，也没有删除存证。",
            en="A recorded record has no readable row, and no erasure of it is on record.",
        ),
        Code.ROW_EXTRA: Sentence(
            zh="可读记录从未存证。",
            en="A readable record was never put on record.",
        ),
        Code.RECORD_NUMBER_MISMATCH: Sentence(
            zh="存证编号不是由该记录推算所得的编号。",
            en="The record number is not the one that follows from the record.",
        ),
        Code.DISCLOSURE_MISMATCH: Sentence(
            zh="披露项与存证记录中的摘要不符。",
            en="The disclosed fields do not fit the digests in the statement.",
        ),
        Code.DISCLOSURES_UNREADABLE: Sentence(
            zh="披露项无法解封：封存的内容已被改动。",
            en="The disclosed fields cannot be opened: what was sealed has changed.",
        ),
        Code.DISCLOSURES_MISSING: Sentence(
            zh="披露项缺失，且没有删除存证。",
            en="The disclosed fields are gone, and no erasure of them is on record.",
        ),
        Code.KEY_UNREADABLE: Sentence(
            zh="该卷的数据密钥无法解开，卷内披露项均无法核对。",
            en="The stream's data key cannot be opened, so none of its disclosed fields can be compared.",
        ),
        Code.ERASURE_UNKNOWN: Sentence(
            zh="删除存证所指的存证记录不在日志中。",
            en="An erasure names a statement that the log does not have.",
        ),
        Code.ERASURE_INCOMPLETE: Sentence(
            zh="内容已按存证删除，可读记录却仍在，且已无从核对。",
            en="The content was erased on record, and the readable row still stands, with nothing to compare it with.",
        ),
        Code.STATEMENT_CHANGED: Sentence(
            zh="存证记录的文本已被改动，不再对应日志中的叶。",
            en="The text of a statement has changed: it no longer leads to its leaf in the log.",
        ),
        Code.COLUMN_CHANGED: Sentence(
            zh="数据库列与其所依据的内容不一致。",
            en="A stored copy differs from what it was copied from.",
        ),
        Code.STREAM_GAP: Sentence(
            zh="卷内编号不连续：缺少存证记录。",
            en="The numbers of a stream have a gap: a statement is missing before this one.",
        ),
        Code.STREAM_FORK: Sentence(
            zh="卷内同一编号出现两次：该卷被分叉。",
            en="A stream has two statements under one number: it was forked.",
        ),
        Code.VERSION_GAP: Sentence(
            zh="记录的版本号不连续：缺少一个版本。",
            en="The versions of a record have a gap: a version is missing before this one.",
        ),
        Code.VERSION_FORK: Sentence(
            zh="记录的同一版本号出现两次。",
            en="A record has two statements under one version.",
        ),
        Code.PREVIOUS_MISMATCH: Sentence(
            zh="存证记录所指的前一记录不是实际的前一记录。",
            en="A statement names another predecessor than the one it follows.",
        ),
        Code.STATEMENT_EXTRA: Sentence(
            zh="存证记录标有叶编号，但日志中没有它。",
            en="A statement has a leaf index, but the log does not hold it.",
        ),
        Code.LEAF_MISSING: Sentence(
            zh="日志中有此叶，但对应的存证记录不存在。",
            en="The log has this leaf, but its statement is not held.",
        ),
        Code.LEAF_MISMATCH: Sentence(
            zh="存证记录与日志中的叶不符。",
            en="A statement and the leaf of the log at its index differ.",
        ),
        Code.LEAF_ORDER: Sentence(
            zh="存证记录在日志中的位置被调换。",
            en="A statement stands at another index than the log gives it.",
        ),
        Code.LEAF_UNPUBLISHED: Sentence(
            zh="链上登记的日志大小超过已公布的叶数。",
            en="A checkpoint covers leaves that were never published.",
        ),
        Code.TILE_MISMATCH: Sentence(
            zh="保存的哈希块与由叶重新计算的结果不符。",
            en="A stored tile differs from the hashes computed from the leaves.",
        ),
        Code.ROOT_MISMATCH: Sentence(
            zh="由存证记录重新计算的根不是检查点的根。",
            en="The root computed from the statements is not the checkpoint's.",
        ),
        Code.NOTE_INVALID: Sentence(
            zh="检查点的签名无效，或不是由受信任的密钥签署。",
            en="A checkpoint's note is not well formed, or not signed by a trusted key.",
        ),
        Code.NOTE_DUPLICATE: Sentence(
            zh="同一日志大小签署了两个检查点。",
            en="Two checkpoints were signed for one size.",
        ),
        Code.CHECKPOINT_MISSING: Sentence(
            zh="有叶编号的存证记录不在任何检查点之内。",
            en="Statements have a leaf index, but no checkpoint covers them.",
        ),
        Code.CHECKPOINT_MISSING_ON_CHAIN: Sentence(
            zh="检查点应已上链，但合约中没有。",
            en="A checkpoint that should be anchored is not in the contract.",
        ),
        Code.CHECKPOINT_EXTRA_ON_CHAIN: Sentence(
            zh="合约中有一个检查点，日志对此没有说明。",
            en="The contract holds a checkpoint that the log does not explain.",
        ),
        Code.CHECKPOINT_MISMATCH: Sentence(
            zh="检查点与合约中登记的内容不一致。",
            en="A checkpoint differs from what the contract holds for it.",
        ),
        Code.SIZE_MISSTATED: Sentence(
            zh="链上为该根登记的日志大小与实际叶数不符。",
            en="The contract holds this root under another size than the tree of this root has.",
        ),
        Code.HIGH_WATER_MISMATCH: Sentence(
            zh="另行保存的最高检查点不在现在的日志或合约中。",
            en="The highest checkpoint kept elsewhere is not in the log or the contract of today.",
        ),
        Code.IDENTITY_MISMATCH: Sentence(
            zh="网络或合约不是受信任的那一个。",
            en="The network or contract is not the trusted one.",
        ),
        Code.LOG_MOVE_HEAD_MISMATCH: Sentence(
            zh="日志迁移时，新合约的第一个检查点不是旧合约的最后一个检查点。",
            en="Where the log moved, the first checkpoint of the new contract is not the last one of the old contract.",
        ),
        Code.LOG_MOVE_CONTINUED: Sentence(
            zh="日志迁移之后，旧合约中仍有新的检查点。",
            en="The old contract holds checkpoints beyond the size at which the log moved.",
        ),
        Code.LOG_MOVE_REVOCATION_LOST: Sentence(
            zh="旧合约中的一项撤销没有转到新合约。",
            en="A revocation in the old contract is not in the new one.",
        ),
        Code.LOG_MOVE_UNSTATED: Sentence(
            zh="日志已经迁移，但迁移前的最后一条存证记录没有说明迁移。",
            en="The log moved, and the last statement before that does not say so.",
        ),
        Code.LOG_MOVE_MISMATCH: Sentence(
            zh="迁移存证所指的合约不是受信任的新合约。",
            en="The statement of a move names another contract than the trusted new one.",
        ),
        Code.LOG_MOVE_UNTRUSTED: Sentence(
            zh="一条存证记录说明日志已经迁移，而信任文件中没有这次迁移。",
            en="A statement says that the log moved, and the trust file knows of no such move.",
        ),
        Code.COSIGNATURE_MISMATCH: Sentence(
            zh="链上事件称某检查点已联署，合约存储中却没有该联署。",
            en="An event says that a checkpoint was cosigned, the contract's storage holds no such cosignature.",
        ),
        Code.REVOCATION_UNLOGGED: Sentence(
            zh="合约撤销了一条不在日志中的记录。",
            en="The contract revokes something that is not in the log.",
        ),
        Code.REVOCATION_WITHOUT_STATEMENT: Sentence(
            zh="合约中的撤销没有相应的存证记录。",
            en="A revocation in the contract has no statement that gives its ground.",
        ),
        Code.TRANSACTION_MISMATCH: Sentence(
            zh="保存的交易与其签名内容或链上的交易不一致。",
            en="A stored transaction differs from what was signed, or from the one on the chain.",
        ),
        Code.TRANSACTION_MISSING: Sentence(
            zh="链上有一笔改变此日志的交易，但没有保存。",
            en="The chain has a transaction that changed this log and is not held.",
        ),
        Code.TRANSACTION_EXTRA: Sentence(
            zh="保存为已完成的交易在链上不存在。",
            en="A transaction held as mined is not on the chain.",
        ),
        Code.DOCUMENT_MISSING: Sentence(
            zh="材料文件不存在。",
            en="The file of a document is missing.",
        ),
        Code.DOCUMENT_CHANGED: Sentence(
            zh="材料文件已被改动，与登记的摘要不符。",
            en="The file of a document has changed: its digest is not the recorded one.",
        ),
        Code.STALE: Sentence(
            zh="等待上链的时间过长。",
            en="Waiting to be anchored for too long.",
        ),
    }
)

LAYERS: Final[Mapping[Layer, Sentence]] = MappingProxyType(
    {
        Layer.CONTAINER: Sentence(zh="数据包", en="The bundle itself"),
        Layer.ROWS: Sentence(zh="可读记录", en="Readable records"),
        Layer.DISCLOSURES: Sentence(zh="披露项", en="Disclosed fields"),
        Layer.STATEMENTS: Sentence(zh="存证记录", en="Statements"),
        Layer.STREAMS: Sentence(zh="卷与版本", en="Streams and versions"),
        Layer.TREE: Sentence(zh="日志的叶与根", en="Leaves and roots of the log"),
        Layer.CHECKPOINTS: Sentence(zh="检查点", en="Checkpoints"),
        Layer.CHAIN: Sentence(zh="区块链上的合约", en="The contract on the chain"),
        Layer.TRANSACTIONS: Sentence(zh="交易", en="Transactions"),
        Layer.DOCUMENTS: Sentence(zh="材料文件", en="Files of documents"),
    }
)
