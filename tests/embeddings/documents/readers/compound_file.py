"""Write compound files (MS-CFB), in which Outlook saves mails; no Python library writes them."""

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF

Folder = dict[str, "bytes | Folder"]


def compound_file(root: Folder) -> bytes:
    """Return a file of version 3 with the streams (bytes) and storages (folders) of `root`."""
    sectors: list[bytes] = [b""]  # the first is the allocation table's
    table: list[int] = [FAT]
    mini_stream, mini_table = b"", list[int]()

    def allocate(data: bytes) -> int:
        start = len(sectors)
        count = max(1, -(-len(data) // SECTOR))
        for n in range(count):
            sectors.append(data[n * SECTOR : (n + 1) * SECTOR].ljust(SECTOR, b"\0"))
            table.append(start + n + 1 if n + 1 < count else END)
        return start

    entries: list[list[object]] = []  # name, kind, right, child, start, size

    def add(name: str, content: "bytes | Folder") -> int:
        nonlocal mini_stream
        index = len(entries)
        entries.append([name, 5 if not index else 2 if isinstance(content, bytes) else 1, NONE, NONE, END, 0])
        if isinstance(content, bytes):
            if len(content) >= CUTOFF:
                start = allocate(content)
            else:
                start, count = len(mini_table), max(1, -(-len(content) // MINI))
                mini_stream += content.ljust(count * MINI, b"\0")
                mini_table.extend([*range(start + 1, start + count), END])
            entries[index][4:] = [start, len(content)]
            return index
        previous = None
        for key, value in content.items():
            each = add(key, value)
            if previous is None:
                entries[index][3] = each
            else:
                entries[previous][2] = each
            previous = each
        return index

    add("Root Entry", root)
    entries[0][4:] = [allocate(mini_stream), len(mini_stream)]
    mini_sector = allocate(struct.pack(f"<{len(mini_table)}I", *mini_table).ljust(SECTOR, b"\xff"))
    directory = b""
    for name, kind, right, child, start, size in entries:
        encoded = str(name).encode("utf-16-le") + b"\0\0"
        directory += encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, NONE, right, child)
        directory += bytes(36) + struct.pack("<IQ", start, size)
    first_directory = allocate(directory)
    assert len(table) <= SECTOR // 4 and len(mini_table) <= SECTOR // 4, "one sector of each table is enough for tests"
    sectors[0] = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, first_directory, 0, CUTOFF, mini_sector, 1, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    return head + b"".join(sectors)
