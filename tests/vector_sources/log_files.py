"""Vectors of what a log publishes: signed notes, checkpoints, proof files, tiles."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.oracles import NaiveTree
from tests.vector_sources.encoding import Case, base64std, sha256
from tests.vector_sources.merkle import log_entries

ORIGIN = "demo.ledger.example/labour-aid/1"
SEED = sha256(b"seed of the test log")
OTHER_SEED = sha256(b"seed of another log")

TILE_SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 600, 65_535, 65_536, 65_537, 70_000]
TILE_PLACES = [(0, 0), (0, 999), (0, 1000), (1, 67), (3, 1_067), (0, 1_234_067), (63, 999_999_999)]


def key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n\x01" + public_key)[:4]


def vkey(name: str, seed: bytes) -> str:
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return f"{name}+{key_id(name, public_key).hex()}+{encoded_key(public_key)}"


def encoded_key(public_key: bytes, signature_type: bytes = b"\x01") -> str:
    return base64std(signature_type + public_key)


def signature_line(text: str, name: str, seed: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key_id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"— {name} {base64std(signature)}\n"


def signed(text: str, name: str = ORIGIN, seed: bytes = SEED) -> str:
    return f"{text}\n{signature_line(text, name, seed)}"


def checkpoint_text(tree: NaiveTree, size: int) -> str:
    return f"{ORIGIN}\n{size}\n{base64std(tree.root(size))}\n"


def notes() -> Case:
    tree = NaiveTree(log_entries(300))
    texts = [checkpoint_text(tree, size) for size in (0, 1, 8, 300)]
    cosigned = signed(texts[3]) + signature_line(texts[3], "witness.example", OTHER_SEED)
    return {
        "about": "C2SP signed-note and tlog-checkpoint, Ed25519. `seed` is the private key (RFC 8032), hex.",
        "name": ORIGIN,
        "seed": SEED.hex(),
        "vkey": vkey(ORIGIN, SEED),
        "checkpoints": [
            {"size": size, "root": tree.root(size).hex(), "text": text, "note": signed(text)}
            for size, text in zip((0, 1, 8, 300), texts, strict=True)
        ],
        "accepted": [
            {"name": "a witness has cosigned", "note": cosigned},
            {"name": "signed by a namesake with another key too", "note": signed(texts[3]) + other_line(texts[3])},
        ],
        "mismatch": [{"name": name, "note": note} for name, note in mismatching_notes(texts[3])],
        "malformed": [{"name": name, "note": note} for name, note in malformed_notes(texts[3])],
        "malformed_checkpoints": [{"name": name, "text": text} for name, text in malformed_checkpoints(tree)],
        "malformed_vkeys": [{"name": name, "vkey": text} for name, text in malformed_vkeys()],
    }


def other_line(text: str) -> str:
    return signature_line(text, ORIGIN, OTHER_SEED)


def mismatching_notes(text: str) -> list[tuple[str, str]]:
    forged = signature_line(text.replace("300", "301"), ORIGIN, SEED)
    return [
        ("the text was changed", signed(text).replace("\n300\n", "\n301\n")),
        ("only another key signed", f"{text}\n{other_line(text)}"),
        ("one good and one bad signature of the known key", signed(text) + forged),
        ("the key signed for another origin", signed(text.replace("/1\n", "/2\n"))),
    ]


def malformed_notes(text: str) -> list[tuple[str, str]]:
    line = signature_line(text, ORIGIN, SEED)
    return [
        ("no signature", f"{text}\n"),
        ("no empty line", text + line),
        ("no final newline", f"{text}\n{line}"[:-1]),
        ("hyphen for the dash", f"{text}\n{line.replace('—', '-')}"),
        ("no name", f"{text}\n— {line.split(' ')[2]}"),
        ("name with a plus", f"{text}\n{line.replace('/1 ', '+1 ')}"),
        ("signature without padding", f"{text}\n{line.replace('=', '')}"),
        ("signature of four bytes", f"{text}\n— {ORIGIN} {base64std(bytes(4))}\n"),
        ("tab", f"{text}\n{line}".replace("300", "300\t")),
        ("carriage returns", f"{text}\n{line}".replace("\n", "\r\n")),
        ("text after the signatures", f"{text}\n{line}more\n"),
        ("65 signatures", f"{text}\n{line * 65}"),
        ("nothing", ""),
    ]


def malformed_checkpoints(tree: NaiveTree) -> list[tuple[str, str]]:
    root = base64std(tree.root(8))
    return [
        ("two lines", f"{ORIGIN}\n8\n"),
        ("no final newline", f"{ORIGIN}\n8\n{root}"),
        ("extension line", f"{ORIGIN}\n8\n{root}\nextension\n"),
        ("empty line", f"{ORIGIN}\n8\n{root}\n\n"),
        ("empty origin", f"\n8\n{root}\n"),
        ("leading zero", f"{ORIGIN}\n08\n{root}\n"),
        ("plus sign", f"{ORIGIN}\n+8\n{root}\n"),
        ("full-width size", f"{ORIGIN}\n８\n{root}\n"),
        ("size over 2^62", f"{ORIGIN}\n4611686018427387905\n{root}\n"),
        ("size of 5,000 digits", f"{ORIGIN}\n{'9' * 5000}\n{root}\n"),
        ("root of 31 bytes", f"{ORIGIN}\n8\n{base64std(tree.root(8)[:31])}\n"),
        ("root without padding", f"{ORIGIN}\n8\n{root.rstrip('=')}\n"),
        ("size 0 with another root", f"{ORIGIN}\n0\n{root}\n"),
    ]


def malformed_vkeys() -> list[tuple[str, str]]:
    good = vkey(ORIGIN, SEED)
    name, identity, material = good.split("+", 2)
    other_type = encoded_key(bytes(32), b"\x06")
    return [
        ("no key", f"{name}+{identity}"),
        ("no name", f"+{identity}+{material}"),
        ("name with a space", f"a b+{identity}+{material}"),
        ("id of another name", f"{name}x+{identity}+{material}"),
        ("id in upper case", f"{name}+{identity.upper()}+{material}"),
        ("id too short", f"{name}+{identity[:6]}+{material}"),
        ("key too short", f"{name}+{identity}+{encoded_key(bytes(31))}"),
        ("another signature type", f"{name}+{identity}+{other_type}"),
        ("white space at the end", good + "\n"),
        ("nothing", ""),
    ]


def proof_files() -> Case:
    tree = NaiveTree(log_entries(300))
    note = signed(checkpoint_text(tree, 300))
    header = "c2sp.org/tlog-proof@v1\n"
    hashes = [base64std(value) + "\n" for value in tree.inclusion(100, 300)]
    good = f"{header}index 100\n{''.join(hashes)}\n{note}"
    extra = f"{header}extra {base64std(b'a hint')}\nindex 100\n{''.join(hashes)}\n{note}"
    no_checkpoint = signed("x\n")
    single = f"{header}index 0\n\n{signed(checkpoint_text(tree, 1))}"
    refused = [
        ("another version", good.replace("@v1", "@v2")),
        ("no index", good.replace("index 100\n", "")),
        ("index with a leading zero", good.replace("index 100", "index 0100")),
        ("negative index", good.replace("index 100", "index -1")),
        ("index of 2^62", good.replace("index 100", "index 4611686018427387904")),
        ("extra after the index", good.replace("index 100\n", f"index 100\nextra {base64std(b'x')}\n")),
        ("empty extra", good.replace("index 100\n", "extra \nindex 100\n")),
        ("extra is not base64", good.replace("index 100\n", "extra ?\nindex 100\n")),
        ("no empty line", good.replace("\n\n", "\n", 1)),
        ("hash of 31 bytes", good.replace(hashes[0], base64std(bytes(31)) + "\n")),
        ("64 hashes", f"{header}index 100\n{hashes[0] * 64}\n{note}"),
        ("hash without padding", good.replace(hashes[0], hashes[0].replace("=", ""))),
        ("the note is cut short", good[:-2]),
        ("the note is no checkpoint", f"{header}index 100\n{''.join(hashes)}\n{no_checkpoint}"),
        ("carriage returns", good.replace("\n", "\r\n")),
        ("nothing", ""),
    ]
    return {
        "about": "C2SP tlog-proof@v1 for entry 100 of 300, and for the only entry, of the log of merkle_roots.json.",
        "accepted": [
            {"text": good, "index": 100, "size": 300, "extra": None},
            {"text": extra, "index": 100, "size": 300, "extra": b"a hint".hex()},
            {"text": single, "index": 0, "size": 1, "extra": None},
        ],
        "refused": [{"name": name, "text": text} for name, text in refused],
    }


def tiles() -> Case:
    return {
        "about": "C2SP tlog-tiles. `levels`: for each level the number of full tiles and the width of the partial one.",
        "sizes": [{"size": size, "levels": tile_levels(size)} for size in TILE_SIZES],
        "paths": [
            {"level": level, "index": index, "width": width, "path": tile_path(level, index, width)}
            for level, index in TILE_PLACES
            for width in (1, 5, 255, 256)
        ],
        "refused_paths": [
            *("", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile/00/000", "tile/-1/000"),
            *("tile/64/000", "tile/100/000", "tile/x/000", "tile/0/0", "tile/0/0000", "tile/0/1000", "tile/0/x000/001"),
            *("tile/0/001/067", "tile/0/x001/x067", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/05"),
            *(
                "tile/0/000.p/",
                "tile/0/000.p5",
                "tile/0/000\n",
                "tile/entries",
                "tile/entries/x000/000",
                "tile/data/000",
            ),
            *("tile/0/../000", "tile/0/０００", "tile/0/x999/x999/x999/x999/x999/x999/999"),
        ],
    }


def tile_levels(size: int) -> list[list[int]]:
    levels = []
    while size:
        levels.append([size // 256, size % 256])
        size //= 256
    return levels


def tile_path(level: int, index: int, width: int) -> str:
    digits = f"{index:021}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    while len(groups) > 1 and groups[0] == "000":
        groups.pop(0)
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")
