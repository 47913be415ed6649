/* The page's own words, [中文, English]. Those of verdicts and checks are not here: they come from `ledger.verdict`. */
(function (root) {
  "use strict";

  root.Offline.texts = {
    name: ["离线核验工具", "Offline verifier"],
    title: ["核验存证回执", "Check a receipt"],
    skip: ["跳到主要内容", "Skip to the content"],
    language: ["English", "中文"],
    large: ["大字版", "Large text"],
    normal: ["标准字号", "Normal text"],
    intro: [
      "这个网页就是核验工具，可以存下来断网使用。您选择的文件只在本机读取，不会发给任何人。",
      "This page is the tool. You can save it and use it without a network. The files you choose are read on this device and sent to nobody."
    ],
    files: ["一、要核验的文件", "1. What to check"],
    filesHint: [
      "请选择存证回执（.receipt.json）、存证证书（PDF）或者卷宗包（.zip）。要比对文件内容，请把原文件一起选上。可以多选。",
      "Choose receipts (.receipt.json), certificates (PDF) or bundles (.zip). To compare a document, choose it as well. You may choose several."
    ],
    chooseFiles: ["选择文件", "Choose the files"],
    drop: ["或把文件拖到这里", "or drop them here"],
    chosen: ["已选择", "Chosen"],
    remove: ["移除", "Remove"],
    clear: ["全部移除", "Remove all"],
    trust: ["二、信任文件（trust.json）", "2. Trust file (trust.json)"],
    trustHint: [
      "信任文件写明相信哪些签名密钥和哪条区块链。请从另外的途径取得，例如法院、工会或者运营机构公布的文件，不要只用同回执一起收到的那一份。",
      "It names the keys and the chain that you believe. Get it by another way, from a court, a union or the operator's publication, not only from whoever gave you the receipt."
    ],
    chooseTrust: ["选择信任文件", "Choose the trust file"],
    node: ["三、区块链节点地址（可以不填）", "3. Address of a node of the chain (may be left out)"],
    nodeHint: [
      "填写以后，网页只向这个地址查询合约，问的是日志的根值和存证记录的承诺值，不含任何内容。不填就只做不联网的检查，不能得出“核验一致”。",
      "With it, the page asks the contract at this address and no other about the log's root and the record's commitment, which say nothing of the content. Without it only what needs no network is checked, and the answer cannot be “match”."
    ],
    check: ["开始核验", "Check"],
    stop: ["停止", "Stop"],
    reading: ["正在读取：{name}，{percent}%", "Reading {name}: {percent}%"],
    asking: ["正在核验……", "Checking …"],
    done: ["核验完成，共 {count} 项结果。", "Done: {count} results."],
    results: ["核验结果", "Results"],
    problem: ["有一个问题", "There is a problem"],
    broken: ["核验中途出错：{reason}", "The check broke off: {reason}"],
    noFiles: ["请先选择要核验的文件", "Choose what to check"],
    noReceipt: [
      "所选文件里没有回执、证书或者卷宗包，无法核验。请把回执一起选上。",
      "There is no receipt, certificate or bundle among these files. Choose the receipt as well."
    ],
    badNode: ["节点地址应当以 http:// 或者 https:// 开头", "The address begins with http:// or https://"],
    badTrust: ["信任文件读不出来：{reason}", "The trust file cannot be read: {reason}"],
    manyTrust: ["请只选择一个信任文件", "Choose one trust file only"],
    badBundle: ["{name} 不是可以读取的卷宗包：{reason}", "{name} is no bundle that can be read: {reason}"],
    badCertificate: ["{name} 里的回执取不出来：{reason}", "The receipt in {name} cannot be taken out: {reason}"],
    unread: ["{name} 读不出来，请重新选择", "{name} cannot be read; choose it again"],
    unmatched: ["{name}：没有哪一份回执登记的是这个文件", "{name}: none of these receipts is about this file"],
    receipt: ["回执", "Receipt"],
    file: ["比对的文件", "Compared file"],
    noFile: ["没有", "none"],
    testNetwork: [
      "这条链没有运营机构以外的见证，能起保护作用的是掌握在他人手中的回执和检查点。",
      "Nobody outside the operator vouches for this chain; what protects it are receipts and checkpoints in other hands."
    ],
    checked: ["检查了什么", "What was checked"],
    sameFile: ["文件内容一致吗？", "Is the file the registered one?"],
    inForce: ["登记仍然有效吗？", "Is the registration still in force?"],
    signed: ["登记机构的签名有效吗？", "Does the office's signature hold?"],
    confirmed: ["区块链最终确认了吗？", "Does the chain confirm it for good?"],
    passed: ["通过", "Passed"],
    failed: ["未通过", "Did not pass"],
    waiting: ["等待确认", "Waiting"],
    unavailable: ["暂时未能检查", "Could not be checked now"],
    not_checked: ["未检查", "Not checked"],
    missing: ["这次没有做的检查", "What was not checked this time"],
    allChecks: ["逐项检查结果（供专业人员）", "Every check, for experts"],
    machine: ["机器可读的结果（JSON）", "For machines (JSON)"],
    facts: ["登记情况", "The registration"],
    record_no: ["存证编号", "Record number"],
    institution: ["登记机构", "Office"],
    type: ["登记内容", "What was recorded"],
    version: ["版本", "Version"],
    recorded_at: ["接收时间", "Received on"],
    anchored_at: ["上链时间", "On the chain since"],
    origin: ["日志名称", "Log"],
    size: ["日志长度", "Size of the log"],
    root: ["根值", "Root"],
    shown: ["回执里的内容", "What the receipt shows"],
    shownHint: [
      "下面的内容属于这份存证记录，没有被改动；内容是否真实，核验不能说明。",
      "These fields belong to the ledger record and were not changed. Whether they are true a check cannot say."
    ],
    field: ["项目", "Field"],
    value: ["内容", "Value"],
    empty: ["（空）", "(empty)"],
    mustShow: ["必须出示", "must be shown"],
    redact: ["只出示一部分内容", "Show less of it"],
    redactHint: [
      "取消勾选不想出示的内容，另存一份较小的回执。它照样可以核验。必须出示的内容不能取消。",
      "Untick what you do not want to show and save a smaller receipt. It verifies as the whole one does. What must be shown cannot be unticked."
    ],
    save: ["保存较小的回执", "Save the smaller receipt"],
    saved: ["已生成文件 {name}", "Made the file {name}"],
    print: ["打印核验结果", "Print this result"],
    meaning: ["这说明什么，不说明什么", "What this says, and what it does not"],
    says: [
      "“核验一致”说明：这条记录仍然是在所示时间上链的那一条。",
      "“Match” says: the record is still the one that was put on the chain at the time shown."
    ],
    saysNot: [
      "不说明：所写内容真实，或者最初由谁写成。对方仍可在法庭上举出相反证据（《人民法院在线诉讼规则》第十六条、第十八条）。",
      "It does not say that what is written is true, or who wrote it first. The other side may still prove the opposite in court (Rules of Online Litigation, articles 16 and 18)."
    ],
    noNewer: [
      "这个网页不查询是否有更新的版本。请用存证编号在登记机构的网站上再查一次。",
      "This page does not look for a newer version. Look the record number up at the office as well."
    ],
    noEd25519: [
      "这个浏览器不能验证 Ed25519 签名，所以没有检查签名；要得出“核验一致”，必须由区块链上的合约确认。",
      "This browser cannot check Ed25519 signatures, so the signature was not checked; a match then needs the contract's own confirmation."
    ],
    noTrust: [
      "没有信任文件：不能检查签名和网络。",
      "There is no trust file: signature and network cannot be checked."
    ],
    noNode: [
      "没有填写节点地址：不能检查区块链上的记录。",
      "No address of a node was given: what the chain holds cannot be checked."
    ],
    bundleTrust: [
      "所用的信任文件是卷宗包自带的。请另外取得一份再核验，或者与运营机构公布的内容核对。",
      "The trust file came with the bundle itself. Get another one and check again, or compare it with what the operator publishes."
    ],
    bundle: ["卷宗包 {name}", "Bundle {name}"],
    bundleProfile: ["种类", "Profile"],
    "my-case": ["当事人卷宗", "a party's case"],
    evidence: ["证据包", "evidence for a court"],
    ledger: ["整本账", "a whole ledger"],
    bundleWhole: ["{count} 个文件都与清单一致。", "All {count} files are as the manifest says."],
    bundleDamaged: [
      "与清单不一致的文件：{names}。清单没有签名，这只说明包已损坏或者被改过。",
      "Not as the manifest says: {names}. The manifest is not signed: this shows damage, not by whom."
    ],
    ledgerTree: [
      "由 {count} 条存证记录重新计算的根值，与 {checkpoints} 个检查点一致（另有 {waiting} 条等待写入）",
      "The roots computed anew from {count} ledger records are those of {checkpoints} checkpoints ({waiting} records wait)"
    ],
    ledgerSigned: ["{count} 个检查点都有可信的签名", "All {count} checkpoints are signed by a trusted key"],
    ledgerAnchored: [
      "区块链上有长度为 {size} 的检查点，并且已经最终确认",
      "The chain holds the checkpoint of size {size}, for good"
    ],
    ledgerDocuments: ["{count} 份材料的文件名就是各自的指纹", "All {count} documents bear their own fingerprint as a name"],
    ledgerUnreadable: ["账本内容读不出来：{reason}", "The ledger cannot be read: {reason}"],
    ledgerAudit: [
      "这里没有核对数据表、披露的内容和链上的每一笔交易。要完整审计，请运行 legal-ledger audit --bundle。",
      "Rows, disclosures and the chain's transactions were not compared here. For a whole audit run legal-ledger audit --bundle."
    ],
    bundleNothing: ["包里没有可以核验的回执。", "There is no receipt in it that could be checked."]
  };
})(self);
