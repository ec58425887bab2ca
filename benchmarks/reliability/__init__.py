"""What a server and an index bear: kills, altered bytes, full disks, many visitors, many questions."""
